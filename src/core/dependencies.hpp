// What a frame depends on in other journals: its inputs, and what those depend on in turn.
#pragma once

#include "core/frame.hpp"

#include <reel/frame_generated.h>

namespace reel::core {

/// Calls `visit(dependency)` for each frame that `f` newly depends on, compared to the frame before it in its journal.
template <class Visit>
void for_each_dependency(const frame& f, Visit visit) {
  if (const auto* inputs = f.body().inputs()) {
    for (const auto* i : *inputs) {
      visit(dependency{journal_id{i->journal()}, frame_sequence{i->to()}, i->hash()});
    }
  }
  if (const auto* dependencies = f.body().dependencies()) {
    for (const auto* d : *dependencies) {
      visit(dependency{journal_id{d->journal()}, frame_sequence{d->sequence()}, d->hash()});
    }
  }
}

} // namespace reel::core
