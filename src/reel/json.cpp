#include <reel/detail/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace reel::detail {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";

/// How many bytes the UTF-8 sequence at the front takes; 0 when it is none (RFC 3629: no overlong forms, no
/// surrogates).
std::size_t sequence_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) {
    return 1;
  }
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) {
    return 0;
  }
  const auto second = static_cast<unsigned char>(text[1]);
  const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool outside = (lead == 0xed && second > 0x9f) || (lead == 0xf4 && second > 0x8f);
  const bool continued = std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(length),
                                     [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80; });
  return continued && !overlong && !outside ? length : 0;
}

} // namespace

void append_json_text(std::string& out, std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  out += '"';
  while (!text.empty()) {
    const auto length = sequence_length(text);
    const auto code = static_cast<unsigned char>(text.front());
    if (length == 0) {
      out += replacement;
    } else if (code == '"' || code == '\\') {
      (out += '\\') += text.front();
    } else if (code < 0x20 || code == 0x7f) {
      ((out += "\\u00") += digits[code >> 4U]) += digits[code & 15U];
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  out += '"';
}

void append_json_number(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  char text[32];
  const auto end = std::to_chars(std::begin(text), std::end(text), value).ptr;
  out.append(text, end);
}

} // namespace reel::detail
