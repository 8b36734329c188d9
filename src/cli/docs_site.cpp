#include "cli/docs_site.hpp"

#include "cli/choreography_paths.hpp"
#include "cli/docs_style.hpp"
#include "cli/event_schema.hpp"
#include "cli/format.hpp"
#include "core/graph.hpp"
#include "core/upcasting.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <vector>

namespace reel::cli {
namespace {

std::string page_of(const event_info& event) {
  return docs_page_of(event.name);
}

std::string_view role_of(const event_info& event) {
  if (event.failure)
    return "failure";
  if (!event.compensates.empty())
    return "compensation";
  if (event.terminal)
    return "terminal";
  return event.internal ? "internal" : "event";
}

std::string tag(const event_info& event) {
  const auto role = role_of(event);
  return role == "event" ? std::string{} : fmt::format(" <span class=\"tag {0}\">{0}</span>", role);
}

/// With `code` where the comment has backquotes, and its paragraphs.
std::string comment_markup(std::string_view comment) {
  std::string result = "<p>";
  bool in_code = false;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= comment.size(); ++i) {
    if (i < comment.size() && comment[i] != '`' && comment[i] != '\n')
      continue;
    result += markup_text(comment.substr(start, i - start));
    start = i + 1;
    if (i < comment.size() && comment[i] == '\n')
      result += "</p>\n<p>";
    else if (i < comment.size())
      result += (in_code = !in_code) ? "<code>" : "</code>";
  }
  return result + (in_code ? "</code></p>\n" : "</p>\n");
}

/// `field`: with the way to it, "lines[].note".
bool may_be_absent(const event_info& event, std::string field) {
  for (auto list = field.find("[]"); list != std::string::npos; list = field.find("[]"))
    field.erase(list, 2);
  return std::find(event.optional_fields.begin(), event.optional_fields.end(), field) != event.optional_fields.end();
}

class site {
public:
  site(const choreography_info& choreography, const std::string& graph_svg)
      : choreography_{&choreography}, graph_{core::make_graph(choreography)}, paths_{paths_of(choreography)},
        graph_svg_{&graph_svg} {}

  std::map<std::string, std::string> write() {
    std::map<std::string, std::string> pages;
    pages["style.css"] = docs_style;
    pages["index.html"] = page("Overview", index());
    pages["paths.html"] = page("Paths", all_paths());
    if (!graph_svg_->empty()) {
      pages["graph.svg"] = *graph_svg_;
      pages["graph.html"] =
          page("Graph", "<p>Click an event to read of it; <a href=\"graph.svg\">the picture alone</a> "
                        "can be zoomed.</p>\n<div class=\"graph\">" +
                            picture() + "</div>\n");
    }
    for (const auto& event : choreography_->events)
      pages[page_of(event)] = page(std::string{short_name(event.name)}, event_page(event));
    return pages;
  }

private:
  [[nodiscard]] std::string page(const std::string& title, const std::string& body) const {
    return fmt::format("<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\n"
                       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                       "<title>{0} - {1}</title>\n<link rel=\"stylesheet\" href=\"style.css\"></head>\n<body>\n"
                       "<nav><b>{1}</b> <a href=\"index.html\">Overview</a> <a href=\"paths.html\">Paths</a>{3}</nav>\n"
                       "<main>\n<h1>{0}</h1>\n{2}</main>\n</body>\n</html>\n",
                       markup_text(title), markup_text(choreography_->name), body,
                       graph_svg_->empty() ? "" : " <a href=\"graph.html\">Graph</a>");
  }

  /// The picture without the declarations of a file of its own.
  [[nodiscard]] std::string picture() const {
    return graph_svg_->substr(std::min(graph_svg_->find("<svg"), graph_svg_->size()));
  }

  [[nodiscard]] const event_info* event_of(event_type_id id) const {
    const auto found = std::find_if(choreography_->events.begin(), choreography_->events.end(),
                                    [id](const auto& event) { return event.id == id; });
    return id == event_type_id{} || found == choreography_->events.end() ? nullptr : &*found;
  }

  [[nodiscard]] std::string link(event_type_id id) const {
    const auto* const event = event_of(id);
    if (event == nullptr)
      return "an unknown event";
    return fmt::format("<a class=\"{}\" href=\"{}\">{}</a>", role_of(*event), page_of(*event),
                       markup_text(short_name(event->name)));
  }
  [[nodiscard]] std::string links(const std::vector<event_type_id>& ids) const {
    std::string text;
    for (const auto id : ids)
      text += (text.empty() ? "" : ", ") + link(id);
    return text.empty() ? "nothing" : text;
  }

  [[nodiscard]] std::string outcome(const reaction_info& reaction) const {
    const auto several = reaction.outputs.size() > 1;
    switch (reaction.outputs_arity) {
    case arity::one_of:
      return (several ? "one of " : "") + links(reaction.outputs);
    case arity::maybe:
      return (several ? "at most one of " : "perhaps ") + links(reaction.outputs);
    case arity::all:
      return links(reaction.outputs);
    case arity::many:
      return "any number of " + links(reaction.outputs);
    }
    return {};
  }

  [[nodiscard]] std::vector<const event_info*> events_of(std::string_view home) const {
    std::vector<const event_info*> result;
    for (std::size_t i = 0; i < graph_.events.size(); ++i)
      if (graph_.events[i].home == home)
        result.push_back(&choreography_->events[i]);
    return result;
  }

  // -- overview -------------------------------------------------------------------------------------------------------

  [[nodiscard]] std::string index() const {
    auto body = fmt::format("<p>{} services react to {} types of events; no coordinator tells them what to do. "
                            "<a href=\"paths.html\">{} paths</a> lead from what comes from outside to an end.</p>\n",
                            choreography_->services.size(), choreography_->events.size(), paths_.paths.size());
    for (const auto& source : choreography_->sources)
      body += fmt::format("<h2 id=\"{0}\">{0} <small>source</small></h2>\n", markup_text(source.name)) +
              event_table(events_of(source.name));
    for (const auto& service : choreography_->services) {
      body += fmt::format("<h2 id=\"{0}\">{0}</h2>\n", markup_text(service.name));
      body += event_table(events_of(service.name));
      body += reactions_of(service);
    }
    return body;
  }

  [[nodiscard]] static std::string event_table(const std::vector<const event_info*>& events) {
    std::string rows;
    for (const auto* event : events) {
      auto first = event->comment.substr(0, event->comment.find('\n'));
      rows += fmt::format("<tr><td><a href=\"{}\">{}</a>{}</td><td>{}</td></tr>\n", page_of(*event),
                          markup_text(short_name(event->name)), tag(*event), comment_markup(first));
    }
    return rows.empty() ? std::string{}
                        : "<table class=\"events\"><tr><th>publishes</th><th></th></tr>\n" + rows + "</table>\n";
  }

  [[nodiscard]] std::string reactions_of(const service_info& service) const {
    std::string rows;
    for (const auto& actor : service.actors) {
      for (const auto& reaction : actor.reactions)
        rows += fmt::format("<tr{}><td>{}</td><td>{}.{}</td><td>{}{}</td></tr>\n",
                            reaction.undoes != event_type_id{} ? " class=\"undo\"" : "", link(reaction.input),
                            markup_text(actor.name), markup_text(reaction.name), outcome(reaction),
                            reaction.undoes != event_type_id{} ? ", undoing " + link(reaction.undoes) : "");
      for (const auto& deadline : actor.deadlines)
        rows += fmt::format("<tr><td>{}</td><td>{} after {}</td><td>{}{}</td></tr>\n", link(deadline.after),
                            markup_text(actor.name), markup_text(waiting_text(deadline)), link(deadline.event),
                            unless_text(deadline));
    }
    if (rows.empty())
      return {};
    return "<table class=\"reactions\"><tr><th>reacts to</th><th>with</th><th>and publishes</th></tr>\n" + rows +
           "</table>\n";
  }

  [[nodiscard]] std::string unless_text(const deadline_info& deadline) const {
    return deadline.unless.empty() ? std::string{} : ", unless one of these comes: " + links(deadline.unless);
  }

  // -- an event -------------------------------------------------------------------------------------------------------

  [[nodiscard]] std::string event_page(const event_info& event) const {
    auto body = fmt::format("<p class=\"name\"><code>{}</code>{}</p>\n", markup_text(event.name), tag(event));
    if (!event.comment.empty())
      body += comment_markup(event.comment);
    if (event.version > 1)
      body += fmt::format("<p>Version {}; journals are read from version {} on.</p>\n", event.version,
                          core::oldest_readable(event));
    if (event.compensates_id != event_type_id{})
      body += fmt::format("<p>Undoes {}.</p>\n", link(event.compensates_id));
    std::vector<event_type_id> undone_by;
    for (const auto& other : choreography_->events)
      if (other.compensates_id == event.id)
        undone_by.push_back(other.id);
    if (!undone_by.empty())
      body += fmt::format("<p>Undone by {}.</p>\n", links(undone_by));
    body += "<h2>Fields</h2>\n<table><tr><th>field</th><th>type</th><th></th></tr>\n" +
            field_rows(event, fields_of(event), "") + "</table>\n";
    body += "<h2>Who publishes it</h2>\n" + publishers(event) + "<h2>Who reacts</h2>\n" + reactors(event);
    return body + paths_through(event);
  }

  [[nodiscard]] static std::string field_rows(const event_info& event, const std::vector<schema_field>& fields,
                                              const std::string& way) {
    std::string rows;
    for (const auto& field : fields) {
      std::string notes;
      if (field.is_key)
        notes += "<span class=\"tag\">key</span> ";
      if (may_be_absent(event, way + field.name))
        notes += "<span class=\"tag\">may be absent</span> ";
      if (field.is_personal)
        notes += "<span class=\"tag personal\">personal data</span> ";
      std::string values;
      for (const auto& value : field.values)
        values += (values.empty() ? "" : ", ") + value;
      rows += fmt::format("<tr><td><code>{}{}</code></td><td>{}{}</td><td>{}{}{}</td></tr>\n", markup_text(way),
                          markup_text(field.name),
                          !field.is_list         ? ""
                          : field.fields.empty() ? "list of "
                                                 : "list",
                          field.is_list && !field.fields.empty() ? "" : markup_text(field.type), notes,
                          markup_text(field.comment), markup_text(values));
      rows += field_rows(event, field.fields, way + field.name + (field.is_list ? "[]." : "."));
    }
    return rows;
  }

  [[nodiscard]] std::string publishers(const event_info& event) const {
    std::string items;
    for (const auto& source : choreography_->sources)
      if (std::find(source.publishes.begin(), source.publishes.end(), event.id) != source.publishes.end())
        items += fmt::format("<li><a href=\"index.html#{0}\">{0}</a>: it comes from outside</li>\n",
                             markup_text(source.name));
    for (const auto& service : choreography_->services)
      for (const auto& actor : service.actors)
        for (const auto& reaction : actor.reactions)
          if (std::find(reaction.outputs.begin(), reaction.outputs.end(), event.id) != reaction.outputs.end())
            items +=
                fmt::format("<li>{}, when {} comes{}</li>\n", place(service, actor, reaction), link(reaction.input),
                            reaction.outputs.size() > 1 ? ": " + outcome(reaction) : std::string{});
    for (const auto& service : choreography_->services)
      for (const auto& actor : service.actors)
        for (const auto& deadline : actor.deadlines)
          if (deadline.event == event.id)
            items += fmt::format("<li>{}, {} after {}{}</li>\n", place(service, actor),
                                 markup_text(waiting_text(deadline)), link(deadline.after), unless_text(deadline));
    return items.empty() ? "<p>Nobody.</p>\n" : "<ul>\n" + items + "</ul>\n";
  }

  [[nodiscard]] std::string reactors(const event_info& event) const {
    std::string items;
    for (const auto& service : choreography_->services) {
      for (const auto& actor : service.actors) {
        for (const auto& reaction : actor.reactions)
          if (reaction.input == event.id)
            items += fmt::format("<li>{} publishes {}{}</li>\n", place(service, actor, reaction), outcome(reaction),
                                 reaction.undoes != event_type_id{} ? ", undoing " + link(reaction.undoes) : "");
        for (const auto& deadline : actor.deadlines) {
          if (deadline.after == event.id)
            items += fmt::format("<li>{} waits: {} later it publishes {}{}</li>\n", place(service, actor),
                                 markup_text(waiting_text(deadline)), link(deadline.event), unless_text(deadline));
          if (std::find(deadline.unless.begin(), deadline.unless.end(), event.id) != deadline.unless.end())
            items +=
                fmt::format("<li>{} need not wait any more for {}</li>\n", place(service, actor), link(deadline.event));
        }
        if (std::find(actor.ends.begin(), actor.ends.end(), event.id) != actor.ends.end())
          items += fmt::format("<li>{}.{} is forgotten</li>\n", markup_text(service.name), markup_text(actor.name));
      }
    }
    return items.empty() ? fmt::format("<p>Nobody{}.</p>\n", event.terminal   ? ": it ends a flow"
                                                             : event.internal ? ": only its entity remembers it"
                                                                              : "")
                         : "<ul>\n" + items + "</ul>\n";
  }

  [[nodiscard]] static std::string place(const service_info& service, const actor_info& actor) {
    return fmt::format("<a href=\"index.html#{0}\">{0}</a>.{1}", markup_text(service.name), markup_text(actor.name));
  }

  [[nodiscard]] static std::string place(const service_info& service, const actor_info& actor,
                                         const reaction_info& reaction) {
    return fmt::format("<a href=\"index.html#{0}\">{0}</a>.{1}.{2}", markup_text(service.name), markup_text(actor.name),
                       markup_text(reaction.name));
  }

  [[nodiscard]] std::string paths_through(const event_info& event) const {
    std::string items;
    for (std::size_t i = 0; i < paths_.paths.size(); ++i) {
      const auto& steps = paths_.paths[i].steps;
      if (std::any_of(steps.begin(), steps.end(), [&](const auto& step) { return step.event == &event; }))
        items +=
            fmt::format("<li><a href=\"paths.html#path-{0}\">{0}. {1}</a></li>\n", i + 1, path_title(paths_.paths[i]));
    }
    return items.empty() ? std::string{} : "<h2>Paths through it</h2>\n<ul class=\"paths\">\n" + items + "</ul>\n";
  }

  // -- paths ----------------------------------------------------------------------------------------------------------

  [[nodiscard]] static std::string path_title(const choreography_path& path) {
    std::string title;
    for (const auto& step : path.steps)
      title += (title.empty() ? "" : " \xe2\x86\x92 ") + markup_text(short_name(step.event->name));
    return title;
  }

  [[nodiscard]] std::string all_paths() const {
    std::string body = "<p>Each path follows one event after the other; what happens beside it is on other paths. "
                       "<span class=\"key failing\">Failures</span> end in a cross, "
                       "<span class=\"key undoing\">undoing</span> is dashed, a box is an event that nobody reacts "
                       "to.</p>\n";
    if (!paths_.complete)
      body += fmt::format("<p>There are more than these {} paths.</p>\n", paths_.paths.size());
    std::string section;
    for (std::size_t i = 0; i < paths_.paths.size(); ++i) {
      const auto& path = paths_.paths[i];
      const std::string heading = !path.ends()   ? "Paths that end in an event that others wait for, or in none"
                                  : path.fails() ? "Paths that fail and are undone"
                                                 : "Paths that end well";
      if (heading != section)
        body += "<h2>" + (section = heading) + "</h2>\n";
      body += fmt::format("<section id=\"path-{0}\"><h3>{0}. {1}</h3>\n<div class=\"wide\">{2}</div></section>\n",
                          i + 1, path_title(path), to_svg(diagram_of(path)));
    }
    return body;
  }

  const choreography_info* choreography_;
  core::choreography_graph graph_;
  choreography_paths paths_;
  const std::string* graph_svg_;
};

} // namespace

std::string docs_page_of(std::string_view event) {
  return fmt::format("event.{}.html", event);
}

std::map<std::string, std::string> docs_pages(const choreography_info& choreography, const std::string& graph_svg) {
  return site{choreography, graph_svg}.write();
}

core::expected<void> write_pages(const std::map<std::string, std::string>& pages, const std::filesystem::path& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed)
    return core::fail(core::errc::io,
                      fmt::format("cannot create the folder {}: {}", folder.string(), failed.message()));
  for (const auto& [name, content] : pages) {
    std::ofstream out(folder / name, std::ios::binary | std::ios::trunc);
    out << content;
    out.close();
    if (!out)
      return core::fail(core::errc::io, fmt::format("cannot write {}", (folder / name).string()));
  }
  return {};
}

} // namespace reel::cli
