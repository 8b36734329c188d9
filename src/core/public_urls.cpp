#include "core/public_urls.hpp"

namespace reel::core {

std::string public_urls(std::string_view urls) {
  std::string shown;
  while (!urls.empty()) {
    const auto comma = urls.find(',');
    const auto url = urls.substr(0, comma);
    const auto colon = url.find("://");
    const auto host = colon == std::string_view::npos ? 0 : colon + 3;
    const auto at = url.rfind('@');
    const bool has_credentials = at != std::string_view::npos && at >= host;
    shown += url.substr(0, host);
    shown += url.substr(has_credentials ? at + 1 : host);
    if (comma == std::string_view::npos) {
      break;
    }
    shown += ',';
    urls.remove_prefix(comma + 1);
  }
  return shown;
}

} // namespace reel::core
