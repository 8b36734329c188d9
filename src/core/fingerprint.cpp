#include "core/fingerprint.hpp"

#include "core/hash.hpp"
#include "core/upcasting.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

namespace reel::core {
namespace {

constexpr std::string_view heading = "reel-fingerprint 1";

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

void sort_unique(std::vector<std::string>& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

std::string joined(const std::vector<std::string>& words, char between) {
  std::string text;
  for (const auto& word : words) {
    text += (text.empty() ? "" : std::string(1, between)) + word;
  }
  return text;
}

/// Everything that only the content decides: order of registration and addresses do not show.
void compute_hashes(fingerprint& print) {
  std::string all;
  for (auto& event : print.events) {
    const auto text = event.name + ' ' + std::to_string(event.version) + '\n' + joined(event.layout, '\n');
    event.hash = xxh3(text);
    all += text + '\n';
  }
  print.schemas = xxh3(all);
  print.graph = xxh3(joined(print.services, '\n') + '\n' + joined(print.edges, '\n'));
}

class print_maker {
public:
  explicit print_maker(const choreography_info& choreography) : choreography_(&choreography) {
    for (const auto& e : choreography.events) {
      names_.emplace(e.id, e.name);
      auto& event = events_[std::string(e.name)];
      event.name = e.name;
      event.version = e.version;
      event.oldest = oldest_readable(e);
      event.layout = lines_of(e.layout);
      note_roles(e);
    }
  }

  fingerprint make() {
    for (const auto& source : choreography_->sources) {
      print_.services.push_back(source.name);
      for (const auto id : source.publishes) {
        events_[name_of(id)].publishers.push_back(source.name);
        print_.edges.push_back(source.name + " publishes " + name_of(id));
      }
    }
    for (const auto& service : choreography_->services) {
      print_.services.push_back(service.name);
      for (const auto& actor : service.actors) {
        add(service.name, actor);
      }
    }
    for (auto& [name, event] : events_) {
      sort_unique(event.publishers);
      sort_unique(event.readers);
      print_.events.push_back(std::move(event));
    }
    sort_unique(print_.services);
    sort_unique(print_.edges);
    compute_hashes(print_);
    return std::move(print_);
  }

private:
  [[nodiscard]] std::string name_of(event_type_id id) const {
    const auto found = names_.find(id);
    return found != names_.end() ? std::string(found->second) : std::to_string(static_cast<std::uint32_t>(id));
  }
  [[nodiscard]] std::string names_of(const std::vector<event_type_id>& ids) const {
    std::vector<std::string> names;
    for (const auto id : ids) {
      names.push_back(name_of(id));
    }
    sort_unique(names);
    return joined(names, ' ');
  }

  void note_roles(const event_info& e) {
    const auto note = [&](bool has, const std::string& role) {
      if (has) {
        print_.edges.push_back(std::string(e.name) + " is " + role);
      }
    };
    note(e.failure, "failure");
    note(e.terminal, "terminal");
    note(e.internal, "internal");
    note(!e.compensates.empty(), "compensation of " + std::string(e.compensates));
  }

  void add(const std::string& service, const actor_info& actor) {
    const auto place = service + "." + std::string(actor.name);
    for (const auto& r : actor.reactions) {
      events_[name_of(r.input)].readers.push_back(service);
      add_outputs(service, r.outputs);
      print_.edges.push_back(place + "." + std::string(r.name) + ": " + name_of(r.input) +
                             (r.undoes != event_type_id{} ? " undoes " + name_of(r.undoes) : "") + " -> " +
                             std::string(text_of(r.outputs_arity)) + " " + names_of(r.outputs));
    }
    for (const auto& d : actor.deadlines) {
      add_outputs(service, {d.event});
      print_.edges.push_back(place + ": deadline " + name_of(d.event) + " after " + name_of(d.after) + " unless " +
                             names_of(d.unless));
    }
    for (std::size_t i = 0; i < actor.ends.size(); ++i) {
      if (i < actor.end_keys.size() && actor.end_keys[i] != nullptr) {
        events_[name_of(actor.ends[i])].readers.push_back(service);
      }
      print_.edges.push_back(place + ": ends with " + name_of(actor.ends[i]));
    }
  }
  void add_outputs(const std::string& service, const std::vector<event_type_id>& ids) {
    for (const auto id : ids) {
      events_[name_of(id)].publishers.push_back(service);
    }
  }

  static std::string_view text_of(arity how) {
    constexpr std::array<std::string_view, 4> texts{"one_of", "maybe", "all", "many"};
    return texts.at(static_cast<std::size_t>(how));
  }

  const choreography_info* choreography_;
  std::map<event_type_id, std::string_view> names_;
  std::map<std::string, event_print> events_;
  fingerprint print_;
};

// -- text -------------------------------------------------------------------------------------------------------------

void append_list(std::string& out, std::string_view word, const std::vector<std::string>& names) {
  if (!names.empty()) {
    out += "  " + std::string(word) + " " + joined(names, ' ') + "\n";
  }
}

bool take_word(std::string_view& line, std::string_view word) {
  if (!line.starts_with(word)) {
    return false;
  }
  line.remove_prefix(word.size());
  return true;
}

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  while (!line.empty()) {
    const auto end = std::min(line.find(' '), line.size());
    words.emplace_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

bool read_version(std::string_view text, std::uint16_t& out) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  return failed == std::errc{} && end == text.data() + text.size();
}

/// One line of an event; false when it makes no sense.
bool read_event_line(std::string_view line, event_print& event) {
  if (take_word(line, "  | ")) {
    event.layout.emplace_back(line);
    return true;
  }
  if (take_word(line, "  version ")) {
    return read_version(line, event.version);
  }
  if (take_word(line, "  oldest ")) {
    return read_version(line, event.oldest);
  }
  if (take_word(line, "  by ")) {
    event.publishers = words_of(line);
    return true;
  }
  if (take_word(line, "  to ")) {
    event.readers = words_of(line);
    return true;
  }
  return line.starts_with("  hash ");
}

bool read_line(std::string_view line, fingerprint& print) {
  if (take_word(line, "event ")) {
    print.events.emplace_back().name = line;
  } else if (take_word(line, "service ")) {
    print.services.emplace_back(line);
  } else if (take_word(line, "edge ")) {
    print.edges.emplace_back(line);
  } else if (line.starts_with("  ")) {
    return !print.events.empty() && read_event_line(line, print.events.back());
  } else {
    return line.empty() || line.starts_with("schemas ") || line.starts_with("graph ");
  }
  return true;
}

} // namespace

fingerprint fingerprint_of(const choreography_info& choreography) {
  return print_maker(choreography).make();
}

std::string hash_text(std::uint64_t hash) {
  std::array<char, 16> digits{};
  digits.fill('0');
  std::array<char, 16> shortest{};
  const auto end = std::to_chars(shortest.data(), shortest.data() + shortest.size(), hash, 16).ptr;
  std::copy_backward(shortest.data(), end, digits.end());
  return {digits.data(), digits.size()};
}

std::string to_text(const fingerprint& print) {
  std::string out(heading);
  out += "\nschemas " + hash_text(print.schemas) + "\ngraph " + hash_text(print.graph) + "\n";
  for (const auto& service : print.services) {
    out += "service " + service + "\n";
  }
  for (const auto& event : print.events) {
    out += "event " + event.name + "\n  hash " + hash_text(event.hash) + "\n  version " +
           std::to_string(event.version) + "\n  oldest " + std::to_string(event.oldest) + "\n";
    append_list(out, "by", event.publishers);
    append_list(out, "to", event.readers);
    for (const auto& line : event.layout) {
      out += "  | " + line + "\n";
    }
  }
  for (const auto& edge : print.edges) {
    out += "edge " + edge + "\n";
  }
  return out;
}

expected<fingerprint> parse_fingerprint(std::string_view text) {
  const auto lines = lines_of(text);
  if (lines.empty() || lines.front() != heading) {
    return fail(errc::invalid, "line 1: expected \"" + std::string(heading) + "\"");
  }
  fingerprint print;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (!read_line(lines[i], print)) {
      return fail(errc::invalid,
                  "line " + std::to_string(i + 1) + ": \"" + lines[i].substr(0, 80) + "\" is no line of a fingerprint");
    }
  }
  compute_hashes(print);
  if (to_text(print) != text) {
    return fail(errc::invalid, "its hashes are not those of what it says: it was changed, or is not complete");
  }
  return print;
}

} // namespace reel::core
