#include <reel/demo.hpp>
#include <reel/options.hpp>

#include <fmt/format.h>

namespace reel {
namespace {

using fault = std::optional<std::string>;

constexpr double rate_max = 1e7;

fault set_rate(std::string_view text, const std::string& flows, double& into) {
  const auto rate = parse_number(text);
  if (!rate || *rate <= 0 || *rate > rate_max)
    return fmt::format("{} is no rate: expected {} per second, more than 0 and at most {}", text, flows, rate_max);
  into = *rate;
  return std::nullopt;
}

fault set_durability(std::string_view text, bool& fsync) {
  if (text != "fsync" && text != "os")
    return fmt::format("{} is no durability: expected fsync or os", text);
  fsync = text == "fsync";
  return std::nullopt;
}

fault set_partitions(std::string_view text, std::uint32_t& into) {
  const auto count = parse_count(text);
  if (!count || *count < 1 || *count > demo_partitions_max)
    return fmt::format("{} is no number from 1 to {}", text, demo_partitions_max);
  into = static_cast<std::uint32_t>(*count);
  return std::nullopt;
}

} // namespace

std::vector<command_option> demo_run_options(const std::shared_ptr<demo_settings>& settings, const std::string& flows) {
  const auto member = [&](auto& value) { return std::shared_ptr<std::decay_t<decltype(value)>>(settings, &value); };
  return {
      {"--rate", "R",
       fmt::format("Let R {} per second in, whether the services keep up or not (default: as fast as it goes)", flows),
       [settings, flows](auto text) { return set_rate(text, flows, settings->rate); }},
      {"--partitions", "P",
       fmt::format("Partitions of each service, 1 to {} (default {})", demo_partitions_max, settings->partitions),
       [settings](auto text) { return set_partitions(text, settings->partitions); }},
      text_option("--data", "DIR|URL",
                  "Keep the journals there, in a directory or on brokers (nats://HOST:PORT); the same command goes on "
                  "where it was interrupted (default: a fresh temporary directory)",
                  member(settings->data)),
      {"--durability", "fsync|os",
       "When an event counts as stored: on the disk, or with the operating system (default fsync)",
       [settings](auto text) { return set_durability(text, settings->fsync); }},
      flag_option("--keep", "Keep the temporary directory", member(settings->keep)),
      flag_option("--json", "Print the summary as one JSON object", member(settings->json)),
  };
}

} // namespace reel
