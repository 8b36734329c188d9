#include "cli/config/toml_file.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

namespace reel::cli {
namespace {

constexpr std::size_t file_bytes_max = 1U << 20;

std::string place(std::string_view file, const toml::source_region& region) {
  return fmt::format("{}:{}:{}", file, region.begin.line, region.begin.column);
}

tl::expected<std::string, std::string> read_file(const std::filesystem::path& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "rb"), &std::fclose};
  if (!file)
    return tl::unexpected(fmt::format("{}: cannot be read: {}", path.string(), std::strerror(errno)));
  std::string content(file_bytes_max + 1, '\0');
  content.resize(std::fread(content.data(), 1, content.size(), file.get()));
  if (std::ferror(file.get()))
    return tl::unexpected(fmt::format("{}: cannot be read: {}", path.string(), std::strerror(errno)));
  if (content.size() > file_bytes_max)
    return tl::unexpected(fmt::format("{}: larger than {} bytes: no configuration", path.string(), file_bytes_max));
  return content;
}

std::string_view kind_of(const toml::node& node) {
  switch (node.type()) {
  case toml::node_type::date:
  case toml::node_type::time:
  case toml::node_type::date_time:
    return "a date or time";
  case toml::node_type::array:
    return "an array of other things than texts";
  case toml::node_type::table:
    return empty_section;
  default:
    return "something else";
  }
}

std::optional<std::vector<std::string>> texts_of(const toml::array& array) {
  std::vector<std::string> texts;
  for (const auto& item : array) {
    const auto* text = item.as_string();
    if (text == nullptr)
      return std::nullopt;
    texts.push_back(text->get());
  }
  return texts;
}

class collector {
public:
  explicit collector(std::string file) : file_{std::move(file)} {}

  void walk(const toml::table& table, const std::string& prefix) {
    for (const auto& [key, node] : table) {
      const auto name = prefix.empty() ? std::string{key.str()} : fmt::format("{}.{}", prefix, key.str());
      if (const auto* inner = node.as_table(); inner != nullptr && !inner->empty())
        walk(*inner, name);
      else
        add(name, key.source(), node);
    }
  }
  [[nodiscard]] std::vector<toml_entry> take() {
    std::sort(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) { return a.order < b.order; });
    std::vector<toml_entry> result;
    for (auto& e : entries_)
      result.push_back(std::move(e.entry));
    return result;
  }

private:
  struct placed {
    std::pair<toml::source_index, toml::source_index> order; // toml++ sorts by key
    toml_entry entry;
  };

  void add(const std::string& name, const toml::source_region& at, const toml::node& node) {
    toml_entry entry{name, place(file_, at), place(file_, node.source()), {}, {}};
    if (const auto* text = node.as_string())
      entry.value = text->get();
    else if (const auto* number = node.as_integer())
      entry.value = number->get();
    else if (const auto* real = node.as_floating_point())
      entry.value = real->get();
    else if (const auto* flag = node.as_boolean())
      entry.value = flag->get();
    else if (auto texts = node.is_array() ? texts_of(*node.as_array()) : std::nullopt)
      entry.value = std::move(*texts);
    else
      entry.strange = kind_of(node);
    entries_.push_back({{at.begin.line, at.begin.column}, std::move(entry)});
  }

  std::string file_;
  std::vector<placed> entries_;
};

} // namespace

tl::expected<std::vector<toml_entry>, std::string> read_toml(const std::filesystem::path& file) {
  const auto content = read_file(file);
  if (!content)
    return tl::unexpected(content.error());
  try {
    const toml::table root = toml::parse(std::string_view{*content}, std::string_view{file.native()});
    collector found{file.string()};
    found.walk(root, {});
    return found.take();
  } catch (const toml::parse_error& error) {
    return tl::unexpected(
        fmt::format("{}: no valid TOML: {}", place(file.string(), error.source()), error.description()));
  }
}

} // namespace reel::cli
