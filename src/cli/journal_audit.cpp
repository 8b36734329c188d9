#include "cli/journal_audit.hpp"

#include "core/dependencies.hpp"

#include <reel/frame_generated.h>

#include <fmt/format.h>

#include <algorithm>

namespace reel::cli {

void journal_audit::report(const core::frame& f, std::string what, correlation_id correlation) {
  ++finding_count_;
  if (findings_.size() < audit_findings_max)
    findings_.push_back(
        {fmt::format("frame {}: {}", frame_name(*scan_, f.journal(), f.sequence()), what), correlation});
}

void journal_audit::observe(const core::frame& f) {
  auto& note = journals_[f.journal()];
  check_envelope(f, note);
  const auto before = note.handled;
  check_inputs(f, note);
  core::for_each_dependency(f, [&](const core::dependency& needed) {
    if (needed.journal != f.journal())
      check_reference(f, "depends on", needed.journal, needed.sequence, needed.hash);
  });
  const auto count = f.event_count();
  for (std::size_t i = 0; i < count; ++i) {
    const auto event = f.event(i);
    check_cause(f, event, before, note);
    unknown_events_ += scan_->registry().find(event.type) == nullptr ? 1 : 0;
  }
  check_ingress(f, note);
  check_pending(f);
  note.frames.push_back({core::short_hash(f.hash()), static_cast<std::uint32_t>(count)});
  note.epoch = std::max(note.epoch, f.epoch());
  note.time = std::max(note.time, f.time());
  ++frames_;
  events_ += count;
}

void journal_audit::check_envelope(const core::frame& f, const journal_note& note) {
  const bool first = number(f.sequence()) == 1;
  if (first != (f.body().genesis() != nullptr))
    report(f, first ? "the first frame is no genesis" : "a second genesis");
  if (f.epoch() < note.epoch)
    report(f, fmt::format("epoch {} after epoch {}: an owner wrote that had been replaced", f.epoch(), note.epoch));
  if (f.time() < note.time)
    report(f, "its time is before that of the frame before it");
}

void journal_audit::check_reference(const core::frame& f, const char* kind, journal_id journal, frame_sequence sequence,
                                    std::uint64_t hash) {
  const auto found = journals_.find(journal);
  if (found == journals_.end() || number(sequence) == 0 || number(sequence) > found->second.frames.size())
    return report(f, fmt::format("{} frame {}, which does not exist", kind, frame_name(*scan_, journal, sequence)));
  if (found->second.frames[number(sequence) - 1].hash != hash)
    report(f, fmt::format("{} another frame {} than the one that is there (the hash differs)", kind,
                          frame_name(*scan_, journal, sequence)));
}

void journal_audit::check_inputs(const core::frame& f, journal_note& note) {
  const auto* const inputs = f.body().inputs();
  if (inputs == nullptr)
    return;
  for (const auto* input : *inputs) {
    auto& handled = note.handled[journal_id{input->journal()}];
    const auto source = scan_->name(journal_id{input->journal()});
    if (input->from() != number(handled))
      report(f, fmt::format("handles {} from frame {} on, but had handled it up to frame {}", source, input->from(),
                            number(handled)));
    if (input->to() <= input->from())
      report(f, fmt::format("its position in {} goes from frame {} to frame {}", source, input->from(), input->to()));
    handled = std::max(handled, frame_sequence{input->to()});
  }
}

void journal_audit::check_ingress(const core::frame& f, journal_note& note) {
  const auto* const mark = f.body().ingress();
  if (mark == nullptr)
    return;
  auto& input = note.inputs[mark->input()->str()];
  if (mark->offset() < input.offset)
    report(f, fmt::format("its input goes back from {} to {}", input.offset, mark->offset()));
  input.complete = mark->complete();
  input.offset = std::max(input.offset, mark->offset());
}

/// An event's cause must be in a frame that the writer handled with this very frame: earlier means handled twice, later
/// means handled before its position says so.
void journal_audit::check_cause(const core::frame& f, const core::event_view& event, const positions& before,
                                const journal_note& note) {
  if (!exists(event.cause))
    return;
  const auto describe = [&](const char* what) {
    report(f, fmt::format("event {} is caused by {}, {}", event.id.index, event_name(*scan_, event.cause), what),
           event.correlation);
  };
  const auto source = journals_.find(event.cause.journal);
  const auto sequence = number(event.cause.sequence);
  if (source == journals_.end() || sequence > source->second.frames.size() ||
      event.cause.index >= source->second.frames[sequence - 1].events)
    return describe("which does not exist");
  if (pending_.holds(f.journal(), event.cause))
    return; // it was handled before, and its reaction runs only now
  const auto position = [&](const positions& at) {
    const auto found = at.find(event.cause.journal);
    return found == at.end() ? frame_sequence{} : found->second;
  };
  if (event.cause.sequence <= position(before))
    return describe("which had been handled before");
  if (event.cause.sequence > position(note.handled))
    describe("which it has not handled yet");
}

/// What is settled must have been parked. Runs after the events, which may be caused by what their frame settles.
void journal_audit::check_pending(const core::frame& f) {
  for (const auto entry : pending_.observe(f))
    report(f, fmt::format("settles the pending entry {}, which does not exist", entry));
}

bool journal_audit::inputs_complete() const noexcept {
  return std::all_of(journals_.begin(), journals_.end(), [](const auto& entry) {
    return std::all_of(entry.second.inputs.begin(), entry.second.inputs.end(),
                       [](const auto& input) { return input.second.complete; });
  });
}

frame_sequence journal_audit::handled(journal_id consumer, journal_id source) const noexcept {
  const auto found = journals_.find(consumer);
  if (found == journals_.end())
    return {};
  const auto position = found->second.handled.find(source);
  return position == found->second.handled.end() ? frame_sequence{} : position->second;
}

frame_sequence journal_audit::last(journal_id journal) const noexcept {
  const auto found = journals_.find(journal);
  return frame_sequence{found == journals_.end() ? 0 : found->second.frames.size()};
}

} // namespace reel::cli
