#include <reel/options.hpp>
#include <reel/submit.hpp>

#include <fmt/format.h>

#include <array>
#include <utility>

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

fault set_timeout(std::string_view text, std::chrono::milliseconds& into) {
  constexpr std::array<std::pair<std::string_view, std::uint64_t>, 4> units{
      {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};
  constexpr std::uint64_t most = 365ULL * 24 * 3'600'000;
  for (const auto& [unit, size] : units) {
    const auto count = text.ends_with(unit) ? parse_count(text.substr(0, text.size() - unit.size())) : std::nullopt;
    if (!count)
      continue;
    if (*count < 1 || *count > most / size)
      break;
    into = std::chrono::milliseconds{*count * size};
    return std::nullopt;
  }
  return fmt::format("{} is no duration: expected 30s, 5m, 2h, 500ms, and at most a year", text);
}

} // namespace

std::vector<command_option> submit_run_options(const std::shared_ptr<submit_settings>& settings,
                                               const std::string& flows) {
  const auto member = [&](auto& value) { return std::shared_ptr<std::decay_t<decltype(value)>>(settings, &value); };
  const auto no_wait = [settings](std::string_view) -> fault {
    settings->wait = false;
    return std::nullopt;
  };
  const auto add_assignment = [settings](std::string_view text) -> fault {
    settings->assignments.emplace_back(text);
    return std::nullopt;
  };
  return {
      text_option("--config", "FILE", "The configuration of any node of the cluster", member(settings->config)),
      {"--set", "KEY=VALUE", "Another value for one of its settings; may be given again", add_assignment},
      {"--rate", "R",
       fmt::format("Let R {} per second in, whether the services keep up or not (default: as fast as it goes)", flows),
       [settings, flows](auto text) { return set_rate(text, flows, settings->rate); }},
      {"--no-wait", "", fmt::format("End when all {} are stored, not when they have ended", flows), no_wait},
      {"--timeout", "TIME",
       fmt::format("Give up waiting for the end of the {} after this time (default: never)", flows),
       [settings](auto text) { return set_timeout(text, settings->timeout); }},
      flag_option("--json", "Print the summary as one JSON object", member(settings->json)),
  };
}

} // namespace reel
