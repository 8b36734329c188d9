// What an event's bytes look like, in words: two programs that say the same read each other's events.
#pragma once

#include <flatbuffers/reflection.h>

#include <string>

namespace reel::tools {

/// One line for each field in the order of their ids, "sku:string required entity"; then, each under a line that names
/// it ("table shop.OrderLine"), all tables, structs, enums and unions that they lead to, in the order in which they are
/// met. Stable: part of what nodes compare.
[[nodiscard]] std::string layout_of(const reflection::Schema& schema, const reflection::Object& event);

} // namespace reel::tools
