#include "cli/simulate/regressions.hpp"

#include <reel/options.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace reel::cli {

namespace {

core::expected<seed_settings> read_line(const std::string& line) {
  std::istringstream words(line);
  std::string seed;
  std::string flows;
  std::string faults;
  words >> seed >> flows >> faults;
  const auto seed_number = parse_count(seed);
  const auto flow_count = parse_count(flows);
  if (!seed_number || !flow_count || *flow_count == 0) {
    return core::fail(core::errc::invalid, fmt::format("expected SEED FLOWS FAULTS, found \"{}\"", line));
  }
  const auto kinds = parse_faults(faults);
  if (!kinds) {
    return tl::unexpected(kinds.error());
  }
  return seed_settings{*seed_number, *flow_count, *kinds, nullptr};
}

bool same(const seed_settings& a, const seed_settings& b) {
  return a.seed == b.seed && a.flows == b.flows && a.faults == b.faults;
}

} // namespace

core::expected<std::vector<seed_settings>> read_regressions(const std::string& file) {
  std::vector<seed_settings> kept;
  std::ifstream in(file);
  if (!in) {
    if (errno == ENOENT) {
      return kept;
    }
    return core::fail(core::errc::io, fmt::format("{} cannot be read: {}", file, std::strerror(errno)));
  }
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    if (line.empty() || line.front() == '#') {
      continue;
    }
    const auto settings = read_line(line);
    if (!settings) {
      return core::fail(core::errc::invalid, fmt::format("{}:{}: {}", file, number, settings.error().what));
    }
    kept.push_back(*settings);
  }
  return kept;
}

core::expected<void> keep_regressions(const std::string& file, const std::vector<failed_seed>& failed) {
  const auto kept = read_regressions(file);
  if (!kept) {
    return tl::unexpected(kept.error());
  }
  std::ofstream out(file, std::ios::app);
  for (const auto& one : failed) {
    const auto& s = one.smallest;
    if (std::none_of(kept->begin(), kept->end(), [&s](const auto& known) { return same(known, s); })) {
      out << s.seed << ' ' << s.flows << ' ' << faults_text(s.faults) << "  " << one.result.what << '\n';
    }
  }
  out.flush();
  if (!out) {
    return core::fail(core::errc::io, fmt::format("{} cannot be written: {}", file, std::strerror(errno)));
  }
  return {};
}

} // namespace reel::cli
