#include "cli/bench/report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include <algorithm>
#include <fstream>
#include <thread>

namespace reel::cli::bench {

namespace {

std::string cell(const figure& f) {
  return f.specified.empty() ? f.text : fmt::format("{} ({})", f.text, f.specified);
}

std::string processor_name() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("model name")) {
      const auto colon = line.find(": ");
      return colon == std::string::npos ? line : line.substr(colon + 2);
    }
  }
  return "unknown processor";
}

} // namespace

std::string machine_text() {
  struct sysinfo memory {};
  sysinfo(&memory);
  struct utsname kernel {};
  uname(&kernel);
  const auto gib = static_cast<double>(memory.totalram) * memory.mem_unit / (1024.0 * 1024 * 1024);
#ifdef __OPTIMIZE__
  const auto* const built = "optimised";
#else
  const auto* const built = "not optimised: the figures mean little";
#endif
  return fmt::format("{}, {} cores, {:.1f} GiB; {} {}; compiler {}, {}", processor_name(),
                     std::thread::hardware_concurrency(), gib, kernel.sysname, kernel.release, __VERSION__, built);
}

std::string report_text(const report& r) {
  std::size_t name_width = 0;
  for (const auto& line : r.rows) {
    name_width = std::max(name_width, line.name.size());
  }
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < r.columns.size(); ++c) {
    auto width = r.columns[c].title.size();
    for (const auto& line : r.rows) {
      width = std::max(width, cell(line.figures[c]).size());
    }
    widths.push_back(width);
  }
  auto text = fmt::format("{}: {}\n\n  {:{}}", r.name, r.question, "", name_width);
  for (std::size_t c = 0; c < r.columns.size(); ++c) {
    text += fmt::format("  {:>{}}", r.columns[c].title, widths[c]);
  }
  for (const auto& line : r.rows) {
    text += fmt::format("\n  {:{}}", line.name, name_width);
    for (std::size_t c = 0; c < r.columns.size(); ++c) {
      text += fmt::format("  {:>{}}", cell(line.figures[c]), widths[c]);
    }
  }
  text += "\n\n";
  for (const auto& note : r.notes) {
    text += "  " + note + "\n";
  }
  return text;
}

nlohmann::ordered_json report_json(const report& r) {
  auto rows = nlohmann::ordered_json::array();
  for (const auto& line : r.rows) {
    nlohmann::ordered_json one{{"name", line.name}};
    for (std::size_t c = 0; c < r.columns.size(); ++c) {
      const auto& f = line.figures[c];
      one[r.columns[c].key] = f.measured ? nlohmann::ordered_json(f.value) : nlohmann::ordered_json(nullptr);
      if (!f.specified.empty()) {
        one[r.columns[c].key + "_specified"] = f.specified;
      }
    }
    rows.push_back(std::move(one));
  }
  return {{"name", r.name}, {"question", r.question}, {"rows", rows}, {"notes", r.notes}};
}

} // namespace reel::cli::bench
