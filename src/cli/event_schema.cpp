#include "cli/event_schema.hpp"

#include <flatbuffers/minireflect.h>

#include <algorithm>
#include <array>

namespace reel::cli {
namespace {

using flatbuffers::TypeTable;

/// By flatbuffers::ElementaryType.
constexpr std::array<std::string_view, flatbuffers::ET_SEQUENCE + 1> type_names{
    "uint8",  "bool",  "int8",   "uint8",   "int16",   "uint16", "int32",
    "uint32", "int64", "uint64", "float32", "float64", "string", "table"};

std::vector<schema_field> read_fields(const TypeTable& table, std::vector<const TypeTable*>& way) {
  std::vector<schema_field> result;
  if (table.names == nullptr || std::find(way.begin(), way.end(), &table) != way.end())
    return result;
  way.push_back(&table);
  for (std::size_t i = 0; i < table.num_elems; ++i) {
    const auto code = table.type_codes[i];
    schema_field field;
    field.name = table.names[i];
    field.type = type_names.at(code.base_type);
    field.is_list = code.is_repeating != 0;
    const auto* const nested = code.sequence_ref >= 0 ? table.type_refs[code.sequence_ref]() : nullptr;
    if (nested != nullptr && nested->st == flatbuffers::ST_ENUM) {
      field.type = "enum";
      for (std::size_t v = 0; nested->names != nullptr && v < nested->num_elems; ++v)
        field.values.emplace_back(nested->names[v]);
    } else if (nested != nullptr && code.base_type == flatbuffers::ET_SEQUENCE) {
      field.type = nested->st == flatbuffers::ST_UNION ? "union" : "table";
      if (nested->st != flatbuffers::ST_UNION)
        field.fields = read_fields(*nested, way);
    }
    result.push_back(std::move(field));
  }
  way.pop_back();
  return result;
}

} // namespace

std::vector<schema_field> fields_of(const event_info& event) {
  if (event.reflection == nullptr)
    return {};
  std::vector<const TypeTable*> way;
  auto fields = read_fields(*event.reflection(), way);
  for (auto& field : fields) {
    field.is_key = field.name == event.entity_field;
    field.is_personal =
        std::find(event.pii_fields.begin(), event.pii_fields.end(), field.name) != event.pii_fields.end();
    for (const auto& comment : event.field_comments)
      if (comment.field == field.name)
        field.comment = comment.text;
  }
  return fields;
}

} // namespace reel::cli
