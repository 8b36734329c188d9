#include "cli/logging.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

namespace reel::cli {
namespace {

constexpr const char* text_pattern = "%Y-%m-%dT%H:%M:%S.%eZ %l %v";

/// Takes `key=value` or `key="value"` from the front of the text.
std::optional<std::pair<std::string, std::string>> take_field(std::string_view& text) {
  const auto equals = text.find_first_of("= ");
  if (equals == std::string_view::npos || text[equals] != '=' || equals == 0)
    return std::nullopt;
  std::string key{text.substr(0, equals)};
  auto rest = text.substr(equals + 1);
  const bool quoted = rest.starts_with('"');
  auto end = quoted ? rest.find("\" ", 1) : rest.find(' ');
  if (quoted && end == std::string_view::npos && rest.size() > 1 && rest.ends_with('"'))
    end = rest.size() - 1;
  if (quoted && end == std::string_view::npos)
    return std::nullopt;
  std::string value{quoted ? rest.substr(1, end - 1) : rest.substr(0, end)};
  rest.remove_prefix(std::min(end + (quoted ? 2 : 1), rest.size()));
  text = end == std::string_view::npos ? std::string_view{} : rest;
  return std::pair{std::move(key), std::move(value)};
}

class json_formatter final : public spdlog::formatter {
public:
  explicit json_formatter(std::string node) : node_{std::move(node)} {}

  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& into) override {
    const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(message.time.time_since_epoch()).count();
    const auto level = spdlog::level::to_string_view(message.level);
    const auto line =
        log_line_json(time, {level.data(), level.size()}, node_, {message.payload.data(), message.payload.size()}) +
        '\n';
    into.append(line.data(), line.data() + line.size());
  }
  [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<json_formatter>(node_);
  }

private:
  std::string node_;
};

} // namespace

void log_to_standard_error() {
  if (spdlog::get("reel") == nullptr) {
    spdlog::set_default_logger(spdlog::stderr_logger_mt("reel"));
  }
  spdlog::set_level(spdlog::level::warn);
}

void log_as_node(const std::string& level, bool json, const std::string& node) {
  log_to_standard_error();
  if (json)
    spdlog::set_formatter(std::make_unique<json_formatter>(node));
  else
    spdlog::set_pattern(text_pattern, spdlog::pattern_time_type::utc);
  spdlog::set_level(spdlog::level::from_str(level));
}

std::string log_line_json(std::int64_t milliseconds_since_1970, std::string_view level, std::string_view node,
                          std::string_view text) {
  constexpr std::int64_t second_ms = 1000;
  nlohmann::ordered_json line;
  line["time"] = fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                             fmt::gmtime(static_cast<std::time_t>(milliseconds_since_1970 / second_ms)),
                             milliseconds_since_1970 % second_ms);
  line["level"] = level;
  line["node"] = node;
  const auto space = std::min(text.find(' '), text.size());
  const auto event = text.substr(0, space);
  auto rest = text.substr(std::min(space + 1, text.size()));
  nlohmann::ordered_json fields = nlohmann::ordered_json::object();
  bool good = event.find('.') != std::string_view::npos && event.find('=') == std::string_view::npos;
  while (good && !rest.empty()) {
    if (auto field = take_field(rest))
      fields[field->first] = std::move(field->second);
    else
      good = false;
  }
  if (!good) {
    line["text"] = text;
  } else {
    line["event"] = event;
    for (auto& [key, value] : fields.items())
      if (!line.contains(key))
        line[key] = std::move(value);
      else if (line[key] != value)
        line["field_" + key] = std::move(value);
  }
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

} // namespace reel::cli
