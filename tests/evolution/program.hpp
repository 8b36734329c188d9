// What both programs of the bike rental have in common: everything but the events of which there are two versions.
#pragma once

#include <rental/rental_events.hpp>

#include <reel/demo.hpp>
#include <reel/options.hpp>
#include <reel/service.hpp>

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace rental {

/// This many euros cannot be billed by the program of the first year.
inline constexpr std::uint64_t unlucky_euros = 13;

/// Asks for a bike again and again, for 1, 2, 3... euros.
class customers final : public reel::feed {
public:
  customers(std::uint64_t rentals, reel::feed_pace pace) : rentals_(rentals), pacer_(std::move(pace)) {}
  [[nodiscard]] std::string identity() const override {
    return "customers";
  }
  [[nodiscard]] bool skip(std::uint64_t offset) override {
    done_ = offset;
    pacer_.go_on(done_);
    return offset <= rentals_;
  }
  [[nodiscard]] bool grown() const override {
    return done_ < rentals_;
  }
  [[nodiscard]] filled fill(reel::outbox& out, std::size_t bytes_max) override {
    for (; out.bytes() < bytes_max && done_ < rentals_ && pacer_.due(done_); ++done_) {
      out.add<BikeAsked>("R" + std::to_string(done_ + 1), static_cast<std::uint32_t>(done_ + 1));
    }
    return {done_, done_ == rentals_};
  }

private:
  std::uint64_t rentals_;
  reel::feed_pacer pacer_;
  std::uint64_t done_ = 0;
};

/// `rent --rentals N`: goes on to N rentals in all.
inline reel::command rent(const reel::choreography_info& choreography) {
  const auto settings = std::make_shared<reel::demo_settings>();
  const auto rentals = std::make_shared<std::uint64_t>(20);
  reel::command result;
  result.name = "rent";
  result.description = "Rent bikes";
  result.options = reel::demo_run_options(settings, "rentals");
  result.options.push_back(reel::count_option("--rentals", "How many", rentals));
  result.starts = true;
  result.run = [=] {
    reel::demo_input input;
    input.choreography = choreography;
    input.title = std::to_string(*rentals) + " rentals";
    input.source = "desk";
    input.total = *rentals;
    input.make_feed = [rentals](reel::feed_pace pace) {
      return std::make_shared<customers>(*rentals, std::move(pace));
    };
    return reel::run_demo(*settings, std::move(input));
  };
  return result;
}

} // namespace rental
