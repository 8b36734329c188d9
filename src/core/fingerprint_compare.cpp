#include "core/fingerprint.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>

namespace reel::core {
namespace {

/// A part of a layout: the event itself, or something that its fields lead to.
struct layout_part {
  std::string heading; ///< "table shop.OrderLine"; empty for the event itself
  std::vector<std::string> lines;
};

bool is_heading(std::string_view line) {
  return line.starts_with("table ") || line.starts_with("struct ") || line.starts_with("enum ") ||
         line.starts_with("union ");
}

/// By what they are called: "shop.OrderLine".
std::map<std::string, layout_part> parts_of(const std::vector<std::string>& layout) {
  std::map<std::string, layout_part> parts;
  auto* part = &parts[""];
  for (const auto& line : layout) {
    if (is_heading(line)) {
      const auto begin = line.find(' ') + 1;
      part = &parts[line.substr(begin, line.find(' ', begin) - begin)];
      part->heading = line;
    } else {
      part->lines.push_back(line);
    }
  }
  return parts;
}

bool is_required(std::string_view line) {
  return (std::string(line) + ' ').find(" required ") != std::string::npos;
}

/// What one side knows and the other does not.
struct layout_difference {
  std::string text;
  bool we_read = true;
  bool they_read = true;
};

std::string shown(const layout_part& part, std::size_t line) {
  return line < part.lines.size() ? "\"" + part.lines[line] + "\"" : "nothing";
}

std::optional<layout_difference> compare_parts(const layout_part& ours, const layout_part& theirs) {
  if (ours.heading != theirs.heading) {
    return layout_difference{"here \"" + ours.heading + "\", there \"" + theirs.heading + "\"", false, false};
  }
  const auto common = std::min(ours.lines.size(), theirs.lines.size());
  const auto same =
      std::mismatch(ours.lines.begin(), ours.lines.begin() + static_cast<std::ptrdiff_t>(common), theirs.lines.begin());
  const auto first = static_cast<std::size_t>(same.first - ours.lines.begin());
  const auto longest = std::max(ours.lines.size(), theirs.lines.size());
  if (first == longest) {
    return std::nullopt;
  }
  const auto what = ours.heading.empty() ? std::string() : ours.heading + ": ";
  layout_difference found{what + "here " + shown(ours, first) + ", there " + shown(theirs, first)};
  if (first < common || ours.heading.starts_with("struct ")) {
    found.we_read = found.they_read = false;
    return found;
  }
  const bool ours_is_longer = ours.lines.size() > common;
  const auto& longer = ours_is_longer ? ours.lines : theirs.lines;
  const auto added = longer.begin() + static_cast<std::ptrdiff_t>(common);
  if (std::any_of(added, longer.end(), is_required)) { // the shorter side does not write it, so the longer cannot read
    (ours_is_longer ? found.we_read : found.they_read) = false;
    found.text += " (required)";
  }
  return found;
}

class comparer {
public:
  comparer(const fingerprint& ours, const fingerprint& theirs) : ours_(&ours), theirs_(&theirs) {}

  agreement run() {
    compare_events();
    compare_lists("edge", ours_->edges, theirs_->edges);
    compare_lists("service", ours_->services, theirs_->services);
    std::stable_sort(notes_.begin(), notes_.end(), [](const note& a, const note& b) { return a.breaks && !b.breaks; });
    for (auto& n : notes_) {
      result_.differences.push_back(std::move(n.text));
    }
    return std::move(result_);
  }

private:
  struct note {
    bool breaks = false;
    std::string text;
  };

  void add(std::string text, bool we_read = true, bool they_read = true) {
    const auto* who = we_read && they_read ? ""
                      : we_read            ? ": they cannot read ours"
                      : they_read          ? ": we cannot read theirs"
                                           : ": neither reads the other's";
    notes_.push_back({!we_read || !they_read, std::move(text) + who});
    result_.we_read = result_.we_read && we_read;
    result_.they_read = result_.they_read && they_read;
  }

  void compare_events() {
    auto ours = ours_->events.begin();
    auto theirs = theirs_->events.begin();
    while (ours != ours_->events.end() || theirs != theirs_->events.end()) {
      if (theirs == theirs_->events.end() || (ours != ours_->events.end() && ours->name < theirs->name)) {
        only_one_knows(*ours++, true);
      } else if (ours == ours_->events.end() || theirs->name < ours->name) {
        only_one_knows(*theirs++, false);
      } else {
        compare_event(*ours++, *theirs++);
      }
    }
  }

  /// A type that one side does not know is passed over there. That loses something when a service that both have
  /// reacts to it, or folds it.
  void only_one_knows(const event_print& event, bool we_know) {
    const auto& other = we_know ? theirs_->services : ours_->services;
    const auto shared = [&](const std::vector<std::string>& names) {
      return std::find_if(names.begin(), names.end(), [&](const std::string& name) {
        return std::binary_search(other.begin(), other.end(), name);
      });
    };
    const auto who = std::string(we_know ? "only we know" : "only they know");
    auto text = "event " + event.name + ": " + who + " it";
    const auto reader = shared(event.readers);
    const auto publisher = shared(event.publishers);
    const bool lost =
        !event.publishers.empty() && (reader != event.readers.end() || publisher != event.publishers.end());
    if (lost) {
      text += ", and " + (reader != event.readers.end() ? *reader + " reacts to it" : *publisher + " publishes it");
    }
    add(std::move(text), we_know || !lost, !we_know || !lost);
  }

  void compare_event(const event_print& ours, const event_print& theirs) {
    const auto text = "event " + ours.name + ": ";
    if (ours.version != theirs.version) {
      const bool we_read = theirs.version <= ours.version && theirs.version >= ours.oldest;
      const bool they_read = ours.version <= theirs.version && ours.version >= theirs.oldest;
      add(text + "version " + std::to_string(ours.version) + " here, " + std::to_string(theirs.version) + " there",
          we_read, they_read);
      return;
    }
    if (ours.hash == theirs.hash) {
      return;
    }
    const auto our_parts = parts_of(ours.layout);
    const auto their_parts = parts_of(theirs.layout);
    for (const auto& [name, part] : our_parts) {
      const auto other = their_parts.find(name);
      if (other == their_parts.end()) {
        continue; // some field leads to it: that one differs
      }
      if (const auto found = compare_parts(part, other->second)) {
        add(text + found->text, found->we_read, found->they_read);
      }
    }
  }

  void compare_lists(const std::string& kind, const std::vector<std::string>& ours,
                     const std::vector<std::string>& theirs) {
    const auto only = [&](const std::vector<std::string>& a, const std::vector<std::string>& b, const char* where) {
      std::vector<std::string> left;
      std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(left));
      for (const auto& item : left) {
        add(kind + " " + where + ": " + item);
      }
    };
    only(ours, theirs, "only here");
    only(theirs, ours, "only there");
  }

  const fingerprint* ours_;
  const fingerprint* theirs_;
  std::vector<note> notes_;
  agreement result_;
};

} // namespace

agreement compare(const fingerprint& ours, const fingerprint& theirs) {
  return comparer(ours, theirs).run();
}

} // namespace reel::core
