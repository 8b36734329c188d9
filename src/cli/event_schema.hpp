// The fields of an event, read from its schema's reflection: for documents.
#pragma once

#include <reel/descriptor.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace reel::cli {

struct schema_field {
  std::string name;
  std::string type; ///< "string", "uint32", "enum", "table", ...
  bool is_list = false;
  bool is_key = false;              ///< of the publishing entity
  bool is_personal = false;         ///< marked (pii)
  std::string comment;              ///< from the schema
  std::vector<std::string> values;  ///< names, for an enum
  std::vector<schema_field> fields; ///< for a table
};

/// In the order of the schema. A table inside itself is not followed. Empty when the program has no reflection.
[[nodiscard]] std::vector<schema_field> fields_of(const event_info& event);

} // namespace reel::cli
