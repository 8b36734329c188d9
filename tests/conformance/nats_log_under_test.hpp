// The log on a broker of the test's own: each storage is a set of streams with a prefix that nobody used before.
#pragma once

#include "broker.hpp"
#include "log_under_test.hpp"
#include "transport/nats/nats_log.hpp"

namespace reel::conformance {

class nats_log_under_test final : public log_under_test {
public:
  /// On a storage of its own.
  nats_log_under_test(const testing_nats::broker& broker, transport::nats_options options)
      : nats_log_under_test(broker, std::move(options), new_prefix()) {}
  /// On a storage that another log has made.
  nats_log_under_test(const testing_nats::broker& broker, transport::nats_options options, std::string prefix)
      : options_(std::move(options)) {
    options_.urls = broker.urls();
    options_.prefix = std::move(prefix);
    open();
  }
  ~nats_log_under_test() override {
    log_.reset();
  }
  void reopen() override {
    log_.reset();
    open();
  }

  [[nodiscard]] const std::string& prefix() const {
    return options_.prefix;
  }

  [[nodiscard]] transport::nats_log& nats() {
    return dynamic_cast<transport::nats_log&>(*log_);
  }

private:
  static std::string new_prefix() {
    static int storages = 0;
    return "test" + std::to_string(++storages);
  }
  void open() {
    auto opened = transport::nats_log::open(options_);
    REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().what));
    log_ = std::move(*opened);
  }

  transport::nats_options options_;
};

} // namespace reel::conformance
