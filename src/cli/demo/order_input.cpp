#include "cli/demo/order_input.hpp"

#include "core/hash.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

namespace reel::demo {
namespace {

constexpr std::size_t chunk_bytes = 1 << 20;

core::expected<std::string> read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "rb"), &std::fclose};
  if (!file)
    return core::fail(core::errc::io, fmt::format("cannot read the orders in {}: {}", path, std::strerror(errno)));
  std::string content;
  std::error_code unknown; // a pipe has no size, and grows as it is read
  if (const auto size = std::filesystem::file_size(path, unknown); !unknown)
    content.reserve(size + chunk_bytes);
  for (;;) {
    const auto size = content.size();
    content.resize(size + chunk_bytes);
    const auto got = std::fread(content.data() + size, 1, chunk_bytes, file.get());
    content.resize(size + got);
    if (got < chunk_bytes)
      break;
  }
  if (std::ferror(file.get()))
    return core::fail(core::errc::io, fmt::format("cannot read the orders in {}: {}", path, std::strerror(errno)));
  return content;
}

std::string_view base_name(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool is_json(std::string_view name, std::string_view content) {
  const auto first = content.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && content[first] == '{')
    return true;
  return name.ends_with(".jsonl") || name.ends_with(".ndjson") || name.ends_with(".json");
}

} // namespace

core::expected<std::unique_ptr<order_source>> read_orders(std::string_view name, std::string_view content,
                                                          const cancellation_draw& cancellations) {
  // The content, not its place, is the identity: a moved file goes on, a changed one does not.
  auto identity =
      fmt::format("file/1 bytes={} xxh3={:016x} cancellations={}ppm seed={}", content.size(), core::xxh3(content),
                  cancellations.share_ppm, cancellations.share_ppm > 0 ? cancellations.seed : 0);
  if (content.starts_with("\xef\xbb\xbf"))
    content.remove_prefix(3);
  if (content.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return core::fail(core::errc::invalid,
                      fmt::format("{}, line 1: the file is empty, expected a CSV header or a JSON object", name));
  auto table = is_json(name, content) ? read_json_orders(name, content) : read_csv_orders(name, content);
  if (!table)
    return tl::unexpected(std::move(table.error()));
  if (table->empty())
    return core::fail(core::errc::invalid,
                      fmt::format("{}, line 2: nothing follows the header, expected an order line", name));
  return order_table::finish(std::move(*table), std::string{base_name(name)}, std::move(identity), cancellations);
}

core::expected<std::unique_ptr<order_source>> open_orders(const order_input_options& options) {
  const auto content = read_file(options.path);
  if (!content)
    return tl::unexpected(content.error());
  return read_orders(options.path, *content, options.cancellations);
}

} // namespace reel::demo
