// Proves that a choreography undoes what it must and ends where it may, whatever its reactions choose.
#pragma once

#include "core/finding.hpp"

#include <reel/descriptor.hpp>

#include <vector>

namespace reel::core {

/// Findings of these codes, in this order; docs/check.md explains each with an example:
///
///   undo-missing           after a failure the compensation of a step need not follow
///   compensation-unreachable  no failure can happen in a flow that has the step
///   undo-may-not-happen    the step has always happened before, but its undo may publish nothing
///   undo-may-fail          the undo may publish a failure from which the compensation does not follow
///   undo-before-step       the undo always publishes the compensation, but the step may not have happened
///   undo-without-tombstone the undo may come before the step is decided, and nothing then stops the step
///   undo-impossible        the step and what its undo waits for never happen in one flow
///   undo-twice             two undos of a step may run in one flow
///   undo-misses-entities   several entities may have done the step, but the undo reaches one
///   gather-may-wait        a gather waits for an answer that need not come
///   path-may-stop          a flow may stop before a terminal event
///   cycle-endless          events lead back to themselves, and nothing leaves the cycle
///   cycle-unbounded        (warning) events may lead back to themselves without bound
///   reaction-dead          no flow that a source begins leads to what the reaction waits for
///   ends-twice             (warning) an entity may publish two terminal events in one flow
///
/// Pure and deterministic; cost about the number of pairs of events. Expects what check() calls plain faults to be
/// mended, and does not repeat them.
[[nodiscard]] std::vector<finding> prove(const choreography_info& choreography);

} // namespace reel::core
