#include "cli/submission.hpp"

#include "cli/blocking_log.hpp"

#include <reel/frame_generated.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace reel::cli {
namespace {

constexpr std::int64_t none = 0;

bool publishes_end(const runtime::plan& plan, const runtime::planned_journal& journal) {
  const auto& flow = plan.choreography.flow;
  return std::any_of(journal.publishes.begin(), journal.publishes.end(),
                     [&](event_type_id type) { return type == flow.completes || type == flow.cancels; });
}

class filtering_feed final : public feed {
public:
  filtering_feed(std::shared_ptr<feed> input, std::shared_ptr<submission> to, std::shared_ptr<const runtime::plan> plan,
                 std::function<bool()> ready)
      : input_(std::move(input)), to_(std::move(to)), plan_(std::move(plan)), ready_(std::move(ready)) {}

  [[nodiscard]] std::string identity() const override {
    return input_->identity();
  }
  [[nodiscard]] bool shares_journal() const override {
    return true;
  }
  [[nodiscard]] bool skip(std::uint64_t offset) override {
    last_.offset = offset;
    return input_->skip(offset);
  }
  [[nodiscard]] bool grown() const override {
    return input_->grown();
  }
  [[nodiscard]] filled fill(outbox& out, std::size_t bytes_max) override {
    if (!ready_())
      return last_;
    read_.clear();
    last_ = input_->fill(read_, bytes_max);
    for (std::uint32_t i = 0; i < read_.size(); ++i)
      if (const auto event = read_.event(i); wanted(event))
        out.copy(event);
    return last_;
  }

private:
  [[nodiscard]] bool wanted(const built_event& event) {
    if (event.type != plan_->choreography.flow.begins)
      return true;
    keys_.clear();
    plan_->registry.find(event.type)->key(event.payload.data(), keys_);
    return to_->admits(core::correlation_of(keys_.keys().front()));
  }

  std::shared_ptr<feed> input_;
  std::shared_ptr<submission> to_;
  std::shared_ptr<const runtime::plan> plan_;
  std::function<bool()> ready_;
  outbox read_;
  key_list keys_;
  filled last_;
};

} // namespace

submission::submission(std::shared_ptr<const runtime::plan> plan, submission_options options)
    : plan_(std::move(plan)), options_(std::move(options)), from_(plan_->journals.size()) {
  const auto source = std::find_if(plan_->services.begin(), plan_->services.end(), [&](const auto& service) {
    return service.is_source && service.info.name == options_.source;
  });
  if (source == plan_->services.end())
    throw std::invalid_argument("the choreography has no source " + options_.source);
  source_journal_ = source->journals.front();
  for (std::size_t j = 0; j < plan_->journals.size(); ++j)
    if (j != source_journal_ && publishes_end(*plan_, plan_->journals[j]))
      end_journals_.push_back(j);
}

core::expected<void> submission::prepare(transport::log& log) {
  std::vector<core::position> tails(plan_->journals.size());
  for (const auto j : end_journals_) { // before the source is read: what it does not hold yet can have no end here
    const auto tail = log.last(plan_->journals[j].id);
    if (!tail)
      return tl::unexpected(tail.error());
    tails[j] = {tail->sequence, core::short_hash(tail->hash)};
  }
  bool fresh = true;
  const auto& source = plan_->journals[source_journal_];
  const auto scanned = read_journal(
      log, source.id, frame_sequence{1}, [&](const std::shared_ptr<const core::frame>& frame) -> core::expected<bool> {
        take_source(*frame);
        const auto* mark = frame->body().ingress();
        fresh = fresh && (mark == nullptr || mark->input()->string_view() != options_.identity);
        tails[source_journal_] = {frame->sequence(), core::short_hash(frame->hash())};
        return true;
      });
  if (!scanned)
    return tl::unexpected(scanned.error());
  from_[source_journal_] = tails[source_journal_]; // it has been taken in just now
  if (fresh)
    from_ = tails;
  return {};
}

std::vector<std::size_t> submission::journals() const {
  auto all = end_journals_;
  all.push_back(source_journal_);
  return all;
}

core::position submission::handled(std::size_t journal) {
  return from_[journal];
}

void submission::on_frame(const std::shared_ptr<const core::frame>& frame) {
  if (frame->journal() == plan_->journals[source_journal_].id)
    take_source(*frame);
  else
    take_ends(*frame);
}

void submission::take_source(const core::frame& frame) {
  const auto* const mark = frame.body().ingress();
  const bool ours = mark != nullptr && mark->input()->string_view() == options_.identity;
  const auto begins = plan_->choreography.flow.begins;
  std::uint64_t begun = 0;
  for (std::size_t i = 0; i < frame.event_count(); ++i) {
    if (frame.type_of(i) != begins)
      continue;
    const auto flow = frame.event(i).correlation;
    if (ours) {
      begun += open_.emplace(flow, frame.time()).second ? 1 : 0;
    } else {
      const std::lock_guard lock(mutex_);
      others_.insert(flow);
    }
  }
  if (begun > 0 && frame.time() < options_.live_from)
    counts_.begun_before += begun;
  else if (begun > 0 && counts_.first_live == none)
    counts_.first_live = frame.time().time_since_epoch().count();
  counts_.begun += begun;
  if (ours)
    counts_.stored = mark->complete();
  source_seen_ = static_cast<std::uint64_t>(frame.sequence());
}

void submission::take_ends(const core::frame& frame) {
  const auto& flow = plan_->choreography.flow;
  for (std::size_t i = 0; i < frame.event_count(); ++i) {
    const auto type = frame.type_of(i);
    if (type != flow.completes && type != flow.cancels)
      continue;
    const auto begun = open_.find(frame.event(i).correlation);
    if (begun == open_.end())
      continue; // of another input
    if (frame.time() < options_.live_from) {
      ++counts_.ended_before;
    } else {
      const std::lock_guard lock(mutex_);
      latency_.record(static_cast<std::uint64_t>(std::max<std::int64_t>(0, (frame.time() - begun->second).count())));
    }
    counts_.last_end = std::max<std::int64_t>(counts_.last_end, frame.time().time_since_epoch().count());
    counts_.cancelled += type == flow.cancels ? 1 : 0;
    ++counts_.ended;
    open_.erase(begun);
  }
}

histogram submission::latency() const {
  const std::lock_guard lock(mutex_);
  return latency_;
}

bool submission::admits(correlation_id flow) {
  const std::lock_guard lock(mutex_);
  const bool known = others_.find(flow) != others_.end();
  counts_.already_there += known ? 1 : 0;
  return !known;
}

std::shared_ptr<feed> submitted_feed(std::shared_ptr<feed> input, std::shared_ptr<submission> to,
                                     std::shared_ptr<const runtime::plan> plan, std::function<bool()> ready) {
  return std::make_shared<filtering_feed>(std::move(input), std::move(to), std::move(plan), std::move(ready));
}

} // namespace reel::cli
