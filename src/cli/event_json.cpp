#include "cli/event_json.hpp"

#include <flatbuffers/minireflect.h>
#include <fmt/format.h>

#include <cmath>

namespace reel::cli {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";

/// How many bytes the UTF-8 sequence at the front takes; 0 when it is none.
std::size_t sequence_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80)
    return 1;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length)
    return 0;
  const auto second = static_cast<unsigned char>(text[1]);
  if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) || (lead == 0xf0 && second < 0x90) ||
      (lead == 0xf4 && second > 0x8f))
    return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80)
      return 0;
  return length;
}

/// FlatBuffers' own visitor writes what only its own parser reads (\x escapes, bare NaN); this one writes JSON.
struct json_visitor final : flatbuffers::ToStringVisitor {
  json_visitor() : ToStringVisitor("", true, "", true) {}

  void Field(size_t, size_t set_index, flatbuffers::ElementaryType, bool, const flatbuffers::TypeTable*,
             const char* name, const std::uint8_t* value) override {
    if (value == nullptr)
      return;
    if (set_index > 0)
      s += ',';
    if (name != nullptr)
      s += json_string(name) + ":";
  }

  void Float(float x) override {
    Double(static_cast<double>(x));
  }
  void Double(double x) override {
    s += std::isfinite(x) ? fmt::format("{}", x) : std::string{"null"};
  }
  void String(const flatbuffers::String* text) override {
    s += json_string({text->c_str(), text->size()});
  }
  void Unknown(const std::uint8_t*) override {
    s += "null";
  }
};

} // namespace

std::string json_string(std::string_view text) {
  std::string result = "\"";
  while (!text.empty()) {
    const auto length = sequence_length(text);
    const char c = text.front();
    if (length == 0)
      result += replacement;
    else if (c == '"' || c == '\\')
      (result += '\\') += c;
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      result += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      result.append(text.substr(0, length));
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return result + "\"";
}

std::string payload_json(const event_info& type, const std::byte* payload) {
  if (type.reflection == nullptr)
    return "null";
  json_visitor visitor;
  flatbuffers::IterateFlatBuffer(reinterpret_cast<const std::uint8_t*>(payload), type.reflection(), &visitor);
  return std::move(visitor.s);
}

} // namespace reel::cli
