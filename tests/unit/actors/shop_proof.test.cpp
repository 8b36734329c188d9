// The shop passes the check without any acceptance, and every part of it that undoes or goes on is needed for that.
#include "actors/shop.hpp"
#include "core/check.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <string>

using namespace reel;

namespace {

/// All reactions of a shop, with what the check says when one of them is changed.
void for_each_changed(const std::function<bool(const choreography_info&, const reaction_info&)>& is_chosen,
                      const std::function<void(std::vector<reaction_info>&, std::size_t)>& change,
                      const std::function<void(const std::string&, const std::vector<core::finding>&)>& judge) {
  const auto original = shop::choreography();
  for (std::size_t s = 0; s < original.services.size(); ++s) {
    for (std::size_t a = 0; a < original.services[s].actors.size(); ++a) {
      const auto& actor = original.services[s].actors[a];
      for (std::size_t r = 0; r < actor.reactions.size(); ++r) {
        if (is_chosen(original, actor.reactions[r])) {
          auto changed = original;
          change(changed.services[s].actors[a].reactions, r);
          judge(original.services[s].name + "." + std::string(actor.name) + "." + std::string(actor.reactions[r].name),
                core::check(changed));
        }
      }
    }
  }
}

bool is_undo(const choreography_info&, const reaction_info& r) {
  return r.undoes != event_type_id{};
}

/// Publishes more than notes of its own entity.
bool goes_on(const choreography_info& shop, const reaction_info& r) {
  return std::any_of(r.outputs.begin(), r.outputs.end(), [&](event_type_id id) {
    return std::any_of(shop.events.begin(), shop.events.end(),
                       [&](const event_info& e) { return e.id == id && !e.internal; });
  });
}

} // namespace

TEST_CASE("the shop is proved, and nothing had to be accepted") {
  CHECK(core::check(shop::choreography()).empty());
}

TEST_CASE("without any one of its undos the shop is not sound") {
  std::size_t count = 0;
  for_each_changed(
      is_undo,
      [](std::vector<reaction_info>& all, std::size_t r) { all.erase(all.begin() + static_cast<std::ptrdiff_t>(r)); },
      [&](const std::string& where, const std::vector<core::finding>& findings) {
        CAPTURE(where);
        CHECK_FALSE(core::is_sound(findings));
        ++count;
      });
  CHECK(count == 8);
}

TEST_CASE("no undo of the shop may publish nothing") {
  for_each_changed(
      is_undo, [](std::vector<reaction_info>& all, std::size_t r) { all[r].outputs_arity = arity::maybe; },
      [](const std::string& where, const std::vector<core::finding>& findings) {
        CAPTURE(where);
        CHECK_FALSE(core::is_sound(findings));
      });
}

TEST_CASE("an undo of the shop that is a mere reaction is none") {
  for_each_changed(
      is_undo, [](std::vector<reaction_info>& all, std::size_t r) { all[r].undoes = event_type_id{}; },
      [](const std::string& where, const std::vector<core::finding>& findings) {
        CAPTURE(where);
        CHECK_FALSE(core::is_sound(findings));
      });
}

TEST_CASE("each reaction of the shop that goes on is needed") {
  for_each_changed(
      goes_on,
      [](std::vector<reaction_info>& all, std::size_t r) { all.erase(all.begin() + static_cast<std::ptrdiff_t>(r)); },
      [](const std::string& where, const std::vector<core::finding>& findings) {
        CAPTURE(where);
        CHECK_FALSE(core::is_sound(findings));
      });
}
