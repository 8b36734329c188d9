#include <reel/event_json.hpp>

#include <reel/detail/json.hpp>

#include <flatbuffers/minireflect.h>

namespace reel {
namespace {

/// FlatBuffers' own visitor writes what only its own parser reads (\x escapes, bare NaN); this one writes JSON.
struct json_visitor final : flatbuffers::ToStringVisitor {
  json_visitor() : ToStringVisitor(" ", true, "", false) {}
  void Float(float x) override {
    detail::append_json_number(s, static_cast<double>(x));
  }
  void Double(double x) override {
    detail::append_json_number(s, x);
  }
  void String(const flatbuffers::String* text) override {
    detail::append_json_text(s, text->string_view());
  }
  void Unknown(const std::uint8_t*) override {
    s += "null";
  }
};

} // namespace

std::string to_json(const event_info& type, bytes_view payload) {
  if (type.reflection == nullptr) {
    return "null";
  }
  json_visitor visitor;
  flatbuffers::IterateFlatBuffer(reinterpret_cast<const std::uint8_t*>(payload.data()), type.reflection(), &visitor);
  return std::move(visitor.s);
}

} // namespace reel
