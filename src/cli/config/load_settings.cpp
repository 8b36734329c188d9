#include "cli/config/load_settings.hpp"

#include "cli/config/check_settings.hpp"
#include "cli/config/toml_file.hpp"
#include "core/nearest_name.hpp"

#include <reel/projection.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>

#include <unistd.h>

namespace reel::cli {
namespace {

/// A key that may be set, its star replaced.
struct concrete_key {
  const setting* what = nullptr;
  std::string key;
  std::string star;
};

std::vector<concrete_key> concrete_keys(const setting_names& names) {
  std::vector<concrete_key> result;
  for (const auto& s : setting_table()) {
    const auto star = s.key.find('*');
    if (star == std::string_view::npos) {
      result.push_back({&s, std::string{s.key}, {}});
      continue;
    }
    for (const auto& name : s.key.starts_with("services.") ? names.services : names.views)
      result.push_back({&s, fmt::format("{}{}{}", s.key.substr(0, star), name, s.key.substr(star + 1)), name});
  }
  return result;
}

std::vector<std::string_view> views_of(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

/// Applies one layer after the other, and notes what is wrong.
class loader {
public:
  explicit loader(const setting_names& names) : names_{&names}, keys_{concrete_keys(names)} {}

  void take_defaults() {
    for (const auto& k : keys_)
      if (!k.what->has_star())
        won_[k.key] = {k.what, k.key, *understand_text(k.what->rule, k.what->fallback), "default"};
  }

  void take_file(const std::string& file) {
    const auto entries = read_toml(file);
    if (!entries) {
      faults_.push_back(entries.error());
      return;
    }
    for (const auto& entry : *entries) {
      const auto* known = find(entry.key);
      if (known == nullptr) {
        if (entry.strange != empty_section || !is_section(entry.key))
          fault(entry.at, unknown(entry.key));
      } else if (!entry.strange.empty()) {
        fault(entry.value_at,
              fmt::format("{}: expected {}, found {}", entry.key, expectation(known->what->rule), entry.strange));
      } else {
        take(*known, understand(known->what->rule, entry.value), entry.value_at,
             std::filesystem::path{file}.parent_path());
      }
    }
  }

  void take_variable(const std::string& name, const std::string& value) {
    const auto same = [&](const concrete_key& k) { return variable_of(k.key) == name; };
    const auto known = std::find_if(keys_.begin(), keys_.end(), same);
    if (known != keys_.end())
      return take(*known, understand_text(known->what->rule, value), "environment " + name, {});
    const auto flat = [&](const concrete_key& k) {
      auto variable = variable_of(k.key);
      for (auto at = variable.find("__"); at != std::string::npos; at = variable.find("__"))
        variable.erase(at, 1);
      return variable == name;
    };
    if (const auto meant = std::find_if(keys_.begin(), keys_.end(), flat); meant != keys_.end())
      return fault("environment " + name, "there is no such setting; did you mean " + variable_of(meant->key) + "?");
    if (name.find("__") == std::string::npos)
      return; // not one of ours
    std::vector<std::string> variables;
    for (const auto& k : keys_)
      variables.push_back(variable_of(k.key));
    const auto near = core::nearest_name(name, views_of(variables));
    fault("environment " + name,
          near.empty() ? "there is no such setting" : fmt::format("there is no such setting; did you mean {}?", near));
  }

  void take_assignment(const std::string& assignment) {
    const auto equals = assignment.find('=');
    const auto key = assignment.substr(0, equals);
    if (equals == std::string::npos)
      return fault("--set " + assignment, "expected KEY=VALUE, such as --set log.replicas=3");
    const auto* known = find(key);
    if (known == nullptr)
      return fault("--set", unknown(key));
    take(*known, understand_text(known->what->rule, assignment.substr(equals + 1)), "--set", {});
  }

  [[nodiscard]] tl::expected<loaded_settings, setting_faults> conclude() {
    loaded_settings result;
    for (const auto& k : keys_) {
      const auto entry = won_.find(k.key);
      if (entry == won_.end())
        continue;
      k.what->apply(result.values, k.star, entry->second.value);
      result.entries.push_back(entry->second);
    }
    if (faults_.empty()) // of values that are wrong alone nothing follows
      check_settings(result, faults_);
    if (!faults_.empty())
      return tl::unexpected(std::move(faults_));
    return result;
  }

private:
  void fault(const std::string& where, const std::string& what) {
    faults_.push_back(fmt::format("{}: {}", where, what));
  }

  [[nodiscard]] const concrete_key* find(std::string_view key) const {
    const auto known = std::find_if(keys_.begin(), keys_.end(), [key](const auto& k) { return k.key == key; });
    return known == keys_.end() ? nullptr : &*known;
  }

  [[nodiscard]] bool is_section(std::string_view key) const {
    return key == "services" || key == "views" || std::any_of(keys_.begin(), keys_.end(), [key](const auto& k) {
             return k.key.size() > key.size() && k.key.starts_with(key) && k.key[key.size()] == '.';
           });
  }

  /// Why a key is not one: a service that does not exist, a section, or a typing error.
  [[nodiscard]] std::string unknown(const std::string& key) const {
    for (const auto& [section, kind, names] :
         {std::tuple{"services.", "service", &names_->services}, std::tuple{"views.", "read model", &names_->views}}) {
      const auto name = std::string_view{key}.substr(0, key.rfind('.'));
      if (key.starts_with(section) && name.size() > std::string_view{section}.size()) {
        const auto given = name.substr(std::string_view{section}.size());
        if (std::find(names->begin(), names->end(), given) == names->end())
          return fmt::format("{}: {}", key, core::no_such_name(kind, given, views_of(*names)));
      }
    }
    if (is_section(key))
      return fmt::format("{0} is a section: expected [{0}] with keys below it", key);
    std::vector<std::string_view> known;
    for (const auto& k : keys_)
      known.push_back(k.key);
    for (const auto& section : setting_sections())
      known.push_back(section.key);
    const auto near = core::nearest_name(key, known);
    return near.empty() ? fmt::format("there is no setting {} (run --explain-config shows all)", key)
                        : fmt::format("there is no setting {}; did you mean {}?", key, near);
  }

  void take(const concrete_key& known, tl::expected<setting_value, std::string> value, const std::string& from,
            const std::filesystem::path& base) {
    if (!value)
      return fault(from, fmt::format("{}: {}", known.key, value.error()));
    if (known.what->rule.kind == setting_kind::path && !value->text.empty())
      value->text = (base / value->text).lexically_normal().string();
    won_[known.key] = {known.what, known.key, std::move(*value), from};
  }

  const setting_names* names_;
  std::vector<concrete_key> keys_; // in the order of the table
  std::map<std::string, setting_entry> won_;
  setting_faults faults_;
};

} // namespace

setting_names names_for_settings(const choreography_info& choreography) {
  setting_names names;
  for (const auto& service : choreography.services)
    names.services.push_back(service.name);
  for (const auto& make : choreography.projections)
    names.views.emplace_back(make()->name());
  names.views.emplace_back("sagas");
  return names;
}

std::vector<std::pair<std::string, std::string>> reel_environment() {
  std::vector<std::pair<std::string, std::string>> result;
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
    const std::string_view variable{*at};
    const auto equals = variable.find('=');
    if (variable.starts_with("REEL_") && equals != std::string_view::npos)
      result.emplace_back(variable.substr(0, equals), variable.substr(equals + 1));
  }
  std::sort(result.begin(), result.end());
  return result;
}

tl::expected<loaded_settings, setting_faults> load_settings(const settings_request& request,
                                                            const setting_names& names) {
  loader loading{names};
  loading.take_defaults();
  if (!request.file.empty())
    loading.take_file(request.file);
  for (const auto& [name, value] : request.environment)
    if (name.starts_with("REEL_"))
      loading.take_variable(name, value);
  for (const auto& assignment : request.assignments)
    loading.take_assignment(assignment);
  return loading.conclude();
}

configuration_error::configuration_error(const setting_faults& faults)
    : std::runtime_error{fmt::format("{}", fmt::join(faults, "\n"))} {}

std::string variable_of(std::string_view key) {
  std::string result = "REEL_";
  for (const char c : key)
    if (c == '.')
      result += "__";
    else if (c == '-')
      result += '_';
    else
      result += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return result;
}

} // namespace reel::cli
