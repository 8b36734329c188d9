#include "core/nearest_name.hpp"

#include <algorithm>
#include <vector>

namespace reel::core {
namespace {

constexpr std::size_t listed_max = 12; // names; a longer list hides the answer

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last;
  std::vector<std::size_t> last(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> row(b.size() + 1);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({row[j - 1] + 1, last[j] + 1, last[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = std::move(last);
    last = std::move(row);
  }
  return last.back();
}

std::string_view nearest_name(std::string_view name, std::span<const std::string_view> candidates) {
  std::string_view best;
  std::size_t best_distance = name.size() / 2 + 1;
  for (const auto candidate : candidates) {
    const auto distance = edit_distance(name, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string no_such_name(std::string_view kind, std::string_view name, std::span<const std::string_view> candidates) {
  std::string text = "there is no " + std::string(kind) + " " + std::string(name);
  const auto near = nearest_name(name, candidates);
  text += near.empty() ? "." : "; did you mean " + std::string(near) + "?";
  if (candidates.empty() || (!near.empty() && candidates.size() > listed_max))
    return text;
  text += " There are: ";
  for (std::size_t i = 0; i < candidates.size(); ++i)
    text += (i == 0 ? "" : ", ") + std::string(candidates[i]);
  return text;
}

} // namespace reel::core
