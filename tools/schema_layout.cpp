#include "schema_layout.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

namespace reel::tools {
namespace {

using reflection::Field;
using reflection::Object;
using reflection::Schema;

/// By reflection::BaseType, as schemas are written.
constexpr std::array<const char*, 15> base_names{"none",  "union_type", "bool",   "byte",   "ubyte",
                                                 "short", "ushort",     "int",    "uint",   "long",
                                                 "ulong", "float",      "double", "string", "vector"};

std::string base_name(reflection::BaseType type) {
  const auto index = static_cast<std::size_t>(type);
  return index < base_names.size() ? base_names[index] : "type" + std::to_string(index);
}

class layout_writer {
public:
  explicit layout_writer(const Schema& schema) : schema_(&schema) {}

  std::string write(const Object& event) {
    write_fields(event);
    for (std::size_t i = 0; i < met_.size(); ++i) { // grows on the way
      if (met_[i].is_enum) {
        write_enum(*schema_->enums()->Get(met_[i].index));
      } else {
        const auto& object = *schema_->objects()->Get(met_[i].index);
        text_ += object.is_struct() ? "struct " + object.name()->str() + " align " + std::to_string(object.minalign())
                                    : "table " + object.name()->str();
        text_ += '\n';
        write_fields(object);
      }
    }
    return std::move(text_);
  }

private:
  struct met_type {
    bool is_enum = false;
    flatbuffers::uoffset_t index = 0;
  };

  /// The name of a table, struct, enum or union, which is then written as well.
  std::string meet(bool is_enum, int index) {
    const auto place = static_cast<flatbuffers::uoffset_t>(index);
    const auto same = [&](const met_type& m) { return m.is_enum == is_enum && m.index == place; };
    if (std::none_of(met_.begin(), met_.end(), same)) {
      met_.push_back({is_enum, place});
    }
    return is_enum ? schema_->enums()->Get(place)->name()->str() : schema_->objects()->Get(place)->name()->str();
  }

  std::string name_of(reflection::BaseType base, int index) {
    if (base == reflection::Obj) {
      return meet(false, index);
    }
    if (index >= 0) {
      return meet(true, index) + (base == reflection::UType ? " type" : "");
    }
    return base_name(base);
  }

  std::string type_of(const reflection::Type& type) {
    switch (type.base_type()) {
    case reflection::Vector:
      return "[" + name_of(type.element(), type.index()) + "]";
    case reflection::Array:
      return "[" + name_of(type.element(), type.index()) + ":" + std::to_string(type.fixed_length()) + "]";
    default:
      return name_of(type.base_type(), type.index());
    }
  }

  static std::string default_of(const Field& field) {
    if (field.default_integer() != 0) {
      return " = " + std::to_string(field.default_integer());
    }
    if (field.default_real() != 0) {
      std::array<char, 32> digits{};
      std::snprintf(digits.data(), digits.size(), "%.17g", field.default_real());
      return std::string(" = ") + digits.data();
    }
    return {};
  }

  void write_fields(const Object& object) {
    std::vector<const Field*> fields(object.fields()->begin(), object.fields()->end());
    std::sort(fields.begin(), fields.end(), [](const Field* a, const Field* b) { return a->id() < b->id(); });
    for (const auto* field : fields) {
      text_ += field->name()->str() + ":" + type_of(*field->type()) + default_of(*field);
      text_ += field->optional() && field->type()->base_type() <= reflection::Double ? " = null" : "";
      text_ += field->required() ? " required" : "";
      text_ += field->deprecated() ? " deprecated" : "";
      const bool entity = field->attributes() != nullptr && field->attributes()->LookupByKey("entity") != nullptr;
      text_ += entity ? " entity\n" : "\n";
    }
  }

  void write_enum(const reflection::Enum& definition) {
    text_ += definition.is_union()
                 ? "union " + definition.name()->str()
                 : "enum " + definition.name()->str() + " " + base_name(definition.underlying_type()->base_type());
    text_ += '\n';
    for (const auto* value : *definition.values()) {
      text_ += value->name()->str() + " = " + std::to_string(value->value());
      const auto* type = value->union_type();
      text_ += type != nullptr && type->base_type() == reflection::Obj ? " " + meet(false, type->index()) : "";
      text_ += '\n';
    }
  }

  const Schema* schema_;
  std::string text_;
  std::vector<met_type> met_;
};

} // namespace

std::string layout_of(const Schema& schema, const Object& event) {
  return layout_writer(schema).write(event);
}

} // namespace reel::tools
