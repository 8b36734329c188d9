// Writes the C++ traits of a schema's events: what flatc does not say in C++, the attributes.
//
//   schema_traits SCHEMA.bfbs STEM OUTPUT.hpp
//
// STEM names the generated header that the output includes ("shop/orders" for <shop/orders_generated.h>).

#include "schema_layout.hpp"

#include <flatbuffers/reflection.h>
#include <xxhash.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using reflection::Field;
using reflection::Object;
using reflection::Schema;

[[noreturn]] void refuse(const std::string& what) {
  throw std::runtime_error(what);
}

const reflection::KeyValue* find_attribute(const flatbuffers::Vector<flatbuffers::Offset<reflection::KeyValue>>* all,
                                           const char* key) {
  return all != nullptr ? all->LookupByKey(key) : nullptr;
}

bool has(const Object& table, const char* key) {
  return find_attribute(table.attributes(), key) != nullptr;
}

std::string value(const Object& table, const char* key) {
  const auto* found = find_attribute(table.attributes(), key);
  return found != nullptr && found->value() != nullptr ? found->value()->str() : std::string();
}

std::uint32_t type_id(const std::string& name) {
  return static_cast<std::uint32_t>(XXH3_64bits(name.data(), name.size()));
}

std::string cpp_name(const std::string& name) {
  std::string out = "::";
  for (const char c : name) {
    out += c == '.' ? std::string("::") : std::string(1, c);
  }
  return out;
}

/// Enums have an index: they are no keys.
bool is_integer(const reflection::Type& type) {
  return type.base_type() >= reflection::Byte && type.base_type() <= reflection::ULong && type.index() < 0;
}

/// Attributes that stand where they mean nothing are mistakes: flatc accepts any declared one anywhere.
void check_attributes(const Object& table) {
  const auto name = table.name()->str();
  for (const char* attribute : {"entity", "pii"}) {
    if (has(table, attribute)) {
      refuse(name + ": (" + attribute + ") belongs to a field, not to a table");
    }
  }
  for (const char* attribute : {"compensates", "failure", "terminal", "internal"}) {
    if (has(table, attribute) && !has(table, "event")) {
      refuse(name + ": (" + attribute + ") is for events; add (event)");
    }
  }
  if (has(table, "version") && !has(table, "event") && !has(table, "older")) {
    refuse(name + ": (version) is for events; add (event), or (older) when it is what an event was");
  }
  if (has(table, "older") && has(table, "event")) {
    refuse(name + ": (older) is what an event was, so it is no (event) itself");
  }
  if (has(table, "event") && table.is_struct()) {
    refuse(name + ": an (event) must be a table, not a struct");
  }
  for (const auto* field : *table.fields()) {
    for (const char* attribute : {"event", "compensates", "failure", "terminal", "internal", "version", "older"}) {
      if (find_attribute(field->attributes(), attribute) != nullptr) {
        refuse(name + "." + field->name()->str() + ": (" + attribute + ") belongs to a table, not to a field");
      }
    }
    if (find_attribute(field->attributes(), "entity") != nullptr && !has(table, "event")) {
      refuse(name + "." + field->name()->str() + ": (entity) is for the fields of events; mark the table with (event)");
    }
  }
}

unsigned version_of(const Object& table) {
  if (!has(table, "version")) {
    return 1;
  }
  const auto text = value(table, "version");
  const bool digits = !text.empty() && text.size() <= 5 && text.find_first_not_of("0123456789") == std::string::npos;
  const unsigned long version = digits ? std::stoul(text) : 0;
  if (version == 0 || version > 0xffff) {
    refuse(table.name()->str() + ": version \"" + text + "\" is no number from 1 to 65535");
  }
  return static_cast<unsigned>(version);
}

const Field& entity_field(const Object& table) {
  const Field* entity = nullptr;
  for (const auto* field : *table.fields()) {
    if (find_attribute(field->attributes(), "entity") == nullptr) {
      continue;
    }
    if (entity != nullptr) {
      refuse(table.name()->str() + ": fields '" + entity->name()->str() + "' and '" + field->name()->str() +
             "' are both marked (entity); mark the one that is the publishing entity's key");
    }
    entity = field;
  }
  if (entity == nullptr) {
    refuse(table.name()->str() +
           ": an (event) needs one field marked (entity): the key of the entity that publishes it");
  }
  const auto type = entity->type()->base_type();
  if (type == reflection::String && !entity->required()) {
    refuse(table.name()->str() + "." + entity->name()->str() + ": an (entity) string must be (required) as well");
  }
  if (type != reflection::String && !is_integer(*entity->type())) {
    refuse(table.name()->str() + "." + entity->name()->str() + ": an (entity) field must be a string or an integer");
  }
  return *entity;
}

std::string compensated(const Schema& schema, const Object& table) {
  if (!has(table, "compensates")) {
    return {};
  }
  const auto name = value(table, "compensates");
  const auto* step = schema.objects()->LookupByKey(name.c_str());
  if (step == nullptr) {
    refuse(table.name()->str() + ": compensates \"" + name +
           "\", but there is no such table; write its full name and include its schema");
  }
  if (!has(*step, "event")) {
    refuse(table.name()->str() + ": compensates \"" + name + "\", which is not an (event)");
  }
  if (name == table.name()->str()) {
    refuse(name + ": compensates itself");
  }
  return name;
}

/// The event that a table with (older) was: by its name, like in `compensates`.
const Object& current_of(const Schema& schema, const Object& table) {
  const auto name = value(table, "older");
  const auto* event = schema.objects()->LookupByKey(name.c_str());
  if (event == nullptr || !has(*event, "event")) {
    refuse(table.name()->str() + ": older \"" + name +
           "\", but there is no such (event); write its full name and include its schema");
  }
  if (!has(table, "version")) {
    refuse(table.name()->str() + ": an (older) table needs its version as well: (older:\"" + name +
           "\", version:\"1\")");
  }
  if (version_of(table) >= version_of(*event)) {
    refuse(table.name()->str() + ": version " + std::to_string(version_of(table)) + " is not older than " + name +
           ", which has version " + std::to_string(version_of(*event)));
  }
  for (const auto* other : *schema.objects()) {
    if (other != &table && value(*other, "older") == name && version_of(*other) == version_of(table)) {
      refuse(table.name()->str() + ": " + other->name()->str() + " is version " + std::to_string(version_of(table)) +
             " of " + name + " as well");
    }
  }
  return *event;
}

/// A pointer that may be null. Scalars have a default, and one with `= null` cannot be read without noticing it.
bool may_be_absent(const Field& field) {
  const auto type = field.type()->base_type();
  const bool scalar = type >= reflection::UType && type <= reflection::Double;
  return !scalar && !field.required() && !field.deprecated();
}

/// The table that a field or the elements of its vector are, or null.
const Object* table_of(const Schema& schema, const Field& field) {
  const auto& type = *field.type();
  const bool is_table = type.base_type() == reflection::Obj ||
                        (type.base_type() == reflection::Vector && type.element() == reflection::Obj);
  return is_table && type.index() >= 0 ? schema.objects()->Get(static_cast<flatbuffers::uoffset_t>(type.index()))
                                       : nullptr;
}

/// Names of all fields that may be absent, those of nested tables with the way to them. `way` ends with a dot or is
/// empty; `open` are the tables on the way, which a recursive schema meets again.
void collect_optional(const Schema& schema, const Object& table, const std::string& way,
                      std::vector<const Object*>& open, std::vector<std::string>& out) {
  open.push_back(&table);
  for (const auto* field : *table.fields()) {
    const auto name = way + field->name()->str();
    if (!table.is_struct() && may_be_absent(*field)) {
      out.push_back(name);
    }
    const auto* nested = table_of(schema, *field);
    if (nested != nullptr && std::find(open.begin(), open.end(), nested) == open.end()) {
      collect_optional(schema, *nested, name + ".", open, out);
    }
  }
  open.pop_back();
}

/// A constant array of names.
void write_names(std::ostream& out, const char* name, const std::vector<std::string>& names) {
  out << "  static constexpr std::array<std::string_view, " << names.size() << "> " << name << "{";
  for (std::size_t i = 0; i < names.size(); ++i) {
    out << (i > 0 ? ", " : "") << '"' << names[i] << '"';
  }
  out << "};\n";
}

/// The comment (///) above a table or field, as one text; a line without words starts a new paragraph.
std::string comment(const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* lines) {
  std::string text;
  for (flatbuffers::uoffset_t i = 0; lines != nullptr && i < lines->size(); ++i) {
    const auto line = lines->Get(i)->str();
    const auto first = line.find_first_not_of(" \t\r");
    const auto last = line.find_last_not_of(" \t\r");
    const bool in_paragraph = !text.empty() && text.back() != '\n';
    if (first == std::string::npos) {
      text += in_paragraph ? "\n" : "";
    } else {
      text += (in_paragraph ? " " : "") + line.substr(first, last - first + 1);
    }
  }
  return text;
}

/// A C++ string literal, whatever the text holds.
std::string literal(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    }
  }
  return out + '"';
}

void write_comments(std::ostream& out, const Object& table) {
  std::vector<std::string> fields;
  for (const auto* field : *table.fields()) {
    if (const auto text = comment(field->documentation()); !text.empty()) {
      fields.push_back("event_field_comment{" + literal(field->name()->str()) + ", " + literal(text) + "}");
    }
  }
  out << "  static constexpr std::string_view comment = " << literal(comment(table.documentation())) << ";\n"
      << "  static constexpr std::array<event_field_comment, " << fields.size() << "> field_comments{";
  for (std::size_t i = 0; i < fields.size(); ++i) {
    out << (i > 0 ? ",\n      " : "") << fields[i];
  }
  out << "};\n";
}

void write_traits(std::ostream& out, const Schema& schema, const Object& table) {
  const auto name = table.name()->str();
  const auto& entity = entity_field(table);
  const auto undone = compensated(schema, table);
  const bool text = entity.type()->base_type() == reflection::String;
  std::vector<std::string> pii;
  for (const auto* field : *table.fields()) {
    if (find_attribute(field->attributes(), "pii") != nullptr) {
      pii.push_back(field->name()->str());
    }
  }
  std::vector<std::string> optional;
  std::vector<const Object*> open;
  collect_optional(schema, table, "", open, optional);
  const auto flag = [&](const char* key) { return has(table, key) ? "true" : "false"; };
  out << "template <>\nstruct event_traits<" << cpp_name(name) << "> {\n"
      << "  static constexpr bool is_event = true;\n";
  write_comments(out, table);
  out << "  static constexpr std::string_view name = \"" << name << "\";\n"
      << "  static constexpr event_type_id id{" << type_id(name) << "U};\n"
      << "  static constexpr std::uint16_t version = " << version_of(table) << ";\n"
      << "  static constexpr bool failure = " << flag("failure") << ";\n"
      << "  static constexpr bool terminal = " << flag("terminal") << ";\n"
      << "  static constexpr bool internal = " << flag("internal") << ";\n"
      << "  using compensates = " << (undone.empty() ? "void" : cpp_name(undone)) << ";\n"
      << "  static constexpr std::string_view compensates_name = \"" << undone << "\";\n"
      << "  static constexpr event_type_id compensates_id{" << (undone.empty() ? 0 : type_id(undone)) << "U};\n"
      << "  static constexpr std::string_view entity_field = \"" << entity.name()->str() << "\";\n";
  write_names(out, "pii_fields", pii);
  write_names(out, "optional_fields", optional);
  out << "  static constexpr std::string_view layout = " << literal(reel::tools::layout_of(schema, table)) << ";\n";
  out << "  static auto key(const " << cpp_name(name) << "& e) {\n"
      << "    return e." << entity.name()->str() << (text ? "()->string_view();\n" : "();\n") << "  }\n};\n\n";
}

void write_older(std::ostream& out, const Schema& schema, const Object& table) {
  out << "template <>\nstruct older_traits<" << cpp_name(table.name()->str()) << "> {\n"
      << "  static constexpr bool is_older = true;\n"
      << "  using current = " << cpp_name(current_of(schema, table).name()->str()) << ";\n"
      << "  static constexpr std::uint16_t version = " << version_of(table) << ";\n};\n\n";
}

/// Forward declarations of events of other files.
void declare(std::ostream& out, const std::string& name) {
  const auto dot = name.rfind('.');
  std::string space = name.substr(0, dot);
  std::string scoped;
  for (const char c : space) {
    scoped += c == '.' ? std::string("::") : std::string(1, c);
  }
  out << "namespace " << scoped << " {\nstruct " << name.substr(dot + 1) << ";\n}\n";
}

void run(const char* input, const std::string& stem, const char* output) {
  std::ifstream file(input, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  flatbuffers::Verifier verifier(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  if (!reflection::VerifySchemaBuffer(verifier)) {
    refuse(std::string(input) + ": not a binary schema");
  }
  const auto& schema = *reflection::GetSchema(bytes.data());
  const std::string own = "/" + stem.substr(stem.rfind('/') + 1) + ".fbs";
  std::ostringstream body;
  std::ostringstream declared;
  for (const auto* table : *schema.objects()) {
    const auto* declared_in = table->declaration_file();
    if (declared_in == nullptr || declared_in->size() == 0) {
      refuse(table->name()->str() + ": flatc did not write which file declares it; give flatc the schema's full path");
    }
    const auto file_of = "/" + declared_in->str();
    if (file_of.size() < own.size() || file_of.compare(file_of.size() - own.size(), own.size(), own) != 0) {
      continue; // included: its own run writes it
    }
    check_attributes(*table);
    if (has(*table, "event")) {
      write_traits(body, schema, *table);
      if (const auto undone = compensated(schema, *table); !undone.empty()) {
        declare(declared, undone);
      }
    } else if (has(*table, "older")) {
      write_older(body, schema, *table);
      declare(declared, current_of(schema, *table).name()->str());
    }
  }
  std::ofstream out(output);
  out << "// Generated from " << stem << ".fbs by schema_traits: do not edit.\n#pragma once\n\n#include <" << stem
      << "_generated.h>\n\n#include <reel/event.hpp>\n\n#include <array>\n#include <string_view>\n\n"
      << declared.str() << "\nnamespace reel {\n\n"
      << body.str() << "} // namespace reel\n";
  if (!out.flush()) {
    refuse(std::string(output) + ": cannot be written");
  }
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: schema_traits SCHEMA.bfbs STEM OUTPUT.hpp\n";
    return 2;
  }
  try {
    run(argv[1], argv[2], argv[3]);
  } catch (const std::exception& error) {
    std::cerr << argv[2] << ".fbs: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
