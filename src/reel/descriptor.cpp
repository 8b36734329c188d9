#include <reel/descriptor.hpp>

#include <algorithm>
#include <unordered_set>

namespace reel {

void key_list::drop_repeated() {
  constexpr std::size_t compared_max = 32; // up to here comparing each with each is the fastest
  if (keys_.size() <= compared_max) {
    auto end = keys_.begin();
    for (auto key = keys_.begin(); key != keys_.end(); ++key) {
      if (std::find(keys_.begin(), end, *key) == end) {
        *end++ = *key;
      }
    }
    keys_.erase(end, keys_.end());
    return;
  }
  std::unordered_set<std::string_view> seen;
  const auto repeated = [&seen](std::string_view key) { return !seen.insert(key).second; };
  keys_.erase(std::remove_if(keys_.begin(), keys_.end(), repeated), keys_.end());
}

std::string duration_text(std::chrono::nanoseconds time) {
  constexpr std::pair<std::int64_t, std::string_view> units[] = {{86'400'000'000'000, "d"},
                                                                 {3'600'000'000'000, "h"},
                                                                 {60'000'000'000, "min"},
                                                                 {1'000'000'000, "s"},
                                                                 {1'000'000, "ms"},
                                                                 {1'000, "us"},
                                                                 {1, "ns"}};
  std::string text = time.count() < 0 ? "-" : "";
  auto left = time.count() < 0 ? -time.count() : time.count();
  int parts = 0;
  for (const auto& [size, name] : units) {
    if (parts < 2 && left >= size) {
      text += (parts++ > 0 ? " " : "") + std::to_string(left / size) + " " + std::string(name);
      left %= size;
    } else if (parts == 1) {
      break; // "1 h", not "1 h 5 ms"
    }
  }
  return parts > 0 ? text : "0 s";
}

std::string waiting_text(const deadline_info& deadline) {
  return deadline.time_name.empty() ? duration_text(deadline.time) : std::string(deadline.time_name);
}

} // namespace reel

template class std::vector<reel::event_info>;
template class std::vector<reel::reaction_info>;
template class std::vector<reel::fold_info>;
template class std::vector<reel::deadline_info>;
template class std::vector<reel::actor_info>;
template class std::vector<reel::acceptance>;
