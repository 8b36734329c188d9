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

} // namespace reel

template class std::vector<reel::event_info>;
template class std::vector<reel::reaction_info>;
template class std::vector<reel::fold_info>;
template class std::vector<reel::deadline_info>;
template class std::vector<reel::actor_info>;
template class std::vector<reel::acceptance>;
