#include "runtime/projection_store.hpp"

#include <algorithm>
#include <stdexcept>

namespace reel::runtime {

namespace {

std::filesystem::path created(const std::filesystem::path& views, std::string_view name) {
  std::filesystem::create_directories(views);
  return view_file(views, name);
}

std::vector<journal_id> ids_of(const plan& plan, const std::vector<std::size_t>& journals) {
  std::vector<journal_id> ids;
  for (const auto journal : journals) {
    ids.push_back(plan.journals[journal].id);
  }
  return ids;
}

/// The journals that may hold what the projection reads.
std::vector<std::size_t> journals_of(const plan& plan, const projection& model) {
  const auto inputs = model.inputs();
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < plan.journals.size(); ++i) {
    const auto& publishes = plan.journals[i].publishes;
    if (std::find_first_of(publishes.begin(), publishes.end(), inputs.begin(), inputs.end()) != publishes.end()) {
      result.push_back(i);
    }
  }
  return result;
}

} // namespace

std::filesystem::path view_file(const std::filesystem::path& views, std::string_view name) {
  return views / (std::string(name) + ".db");
}

projection_store::projection_store(std::shared_ptr<const plan> plan, std::unique_ptr<const projection> model,
                                   const std::filesystem::path& views, const projection_limits& limits)
    : plan_(std::move(plan)), model_(std::move(model)), limits_(limits), file_(created(views, model_->name())),
      columns_(model_->columns().size()), wanted_(plan_->registry.events().size() + 1),
      table_(file_, *model_, ids_of(*plan_, journals_of(*plan_, *model_))), cache_(limits.cache_rows_max, columns_),
      filter_(limits.filter_bits) {
  for (const auto type : model_->inputs()) {
    if (plan_->registry.find(type) == nullptr) {
      throw std::invalid_argument("read model " + std::string(model_->name()) +
                                  " reads an event type that is not in the choreography");
    }
    wanted_[plan_->registry.index_of(type)] = true;
  }
  for (const auto journal : journals_of(*plan_, *model_)) {
    sources_.push_back({journal, plan_->journals[journal].id, {}, false});
  }
  reload();
}

std::vector<std::size_t> projection_store::journals() const {
  std::vector<std::size_t> result;
  for (const auto& s : sources_) {
    result.push_back(s.journal);
  }
  return result;
}

core::position projection_store::handled(std::size_t journal) {
  if (broken_) {
    reload();
  }
  return source_of(plan_->journals[journal].id).at;
}

void projection_store::on_frame(const std::shared_ptr<const core::frame>& frame) {
  require_whole();
  auto& from = source_of(frame->journal());
  if (!admit(from, *frame)) {
    return;
  }
  broken_ = true; // until the whole frame is applied
  const auto applied = fold(*frame, from);
  broken_ = false;
  from.at = {frame->sequence(), core::short_hash(frame->hash())};
  from.moved = true;
  idle_frames_ += applied == 0 ? 1 : 0;
  // Only between frames: rows are never ahead of the positions.
  if (cache_.dirty().size() >= limits_.dirty_rows_max) {
    commit();
  }
}

void projection_store::flush() {
  require_whole();
  if (!cache_.dirty().empty() || idle_frames_ >= limits_.idle_frames_max) {
    commit();
  }
}

void projection_store::require_whole() const {
  if (broken_) {
    throw std::logic_error("read model " + std::string(model_->name()) +
                           " was used after an error without being started again");
  }
}

core::expected<void> projection_store::check_tail(std::size_t journal, const core::position& tail) const {
  for (const auto& s : sources_) {
    if (s.journal != journal) {
      continue;
    }
    if (tail.sequence < s.at.sequence) {
      return core::fail(core::errc::regressed,
                        journal_replaced(s, "the journal ends at frame " + std::to_string(number(tail.sequence))));
    }
    if (tail.sequence == s.at.sequence && tail.hash != s.at.hash) {
      return core::fail(core::errc::chain_broken, journal_replaced(s, "that frame has another hash now"));
    }
  }
  return {};
}

projection_store::source& projection_store::source_of(journal_id id) {
  const auto it = std::find_if(sources_.begin(), sources_.end(), [id](const source& s) { return s.id == id; });
  if (it == sources_.end()) {
    throw std::logic_error("read model " + std::string(model_->name()) + " does not read this journal");
  }
  return *it;
}

/// False for a frame that was folded already.
bool projection_store::admit(const source& from, const core::frame& frame) const {
  const auto handled = number(from.at.sequence);
  const auto sequence = number(frame.sequence());
  if (sequence == handled && core::short_hash(frame.hash()) != from.at.hash) {
    throw std::runtime_error(journal_replaced(from, "that frame has another hash now"));
  }
  if (sequence <= handled) {
    return false;
  }
  if (sequence != handled + 1) {
    throw std::logic_error("read model " + std::string(model_->name()) + ": frame " + std::to_string(sequence) +
                           " of " + plan_->journals[from.journal].name + " follows frame " + std::to_string(handled));
  }
  if (handled != 0 && core::short_hash(frame.previous()) != from.at.hash) {
    throw std::runtime_error(
        journal_replaced(from, "frame " + std::to_string(sequence) + " follows a frame with another hash"));
  }
  return true;
}

std::string projection_store::journal_replaced(const source& from, const std::string& detail) const {
  return "read model " + std::string(model_->name()) + " has read journal " + plan_->journals[from.journal].name +
         " through frame " + std::to_string(number(from.at.sequence)) + ", but " + detail +
         ": the journal was replaced or restored; delete " + file_.string() + " to build it again";
}

std::size_t projection_store::fold(const core::frame& frame, const source& from) {
  std::size_t applied = 0;
  fact event;
  event.time = frame.time();
  event.service = plan_->services[plan_->journals[from.journal].service].info.name;
  event.frame_events = frame.event_count();
  for (std::size_t i = 0; i < frame.event_count(); ++i) {
    const auto view = frame.event(i);
    const auto type = plan_->registry.index_of(view.type);
    if (!wanted_[type]) {
      continue;
    }
    event.type = &plan_->registry.events()[type];
    event.payload = view.payload.data();
    event.id = view.id;
    event.cause = view.cause;
    event.correlation = view.correlation;
    keys_.clear();
    event.type->key(event.payload, keys_);
    event.key = keys_.keys().empty() ? std::string_view() : keys_.keys().front();
    apply(event);
    ++applied;
  }
  return applied;
}

void projection_store::apply(const fact& event) {
  const auto found = cache_.touch(model_->key(event));
  auto& row = found.row;
  if (found.created && !(filter_.may_contain(row.key, row.hash) && table_.load(row))) {
    row.cells[0] = table_.key_cell(row.key);
  }
  model_->apply(event, row.cells);
  if (row.cells.size() != columns_) {
    throw std::logic_error("read model " + std::string(model_->name()) + " has " + std::to_string(columns_) +
                           " columns, its projection made a row of " + std::to_string(row.cells.size()));
  }
  if (!table_.holds_key(row)) {
    throw std::logic_error("read model " + std::string(model_->name()) + ": its projection changed the key of row " +
                           row.key);
  }
}

void projection_store::commit() {
  for (const auto index : cache_.dirty()) {
    const auto& row = cache_.at(index);
    filter_.add(row.key, row.hash); // before the commit: should it fail, the filter says "maybe" once too often
  }
  moved_.clear();
  for (const auto& s : sources_) {
    if (s.moved) {
      moved_.push_back({s.id, s.at});
    }
  }
  table_.commit(cache_, moved_, filter_.highest());
  for (auto& s : sources_) {
    s.moved = false;
  }
  idle_frames_ = 0;
  cache_.mark_clean();
  cache_.evict();
}

void projection_store::reload() {
  cache_.clear();
  for (auto& s : sources_) {
    s.at = {};
    s.moved = false;
  }
  for (const auto& stored : table_.positions()) {
    source_of(stored.journal).at = stored.at;
  }
  filter_.restart(table_.highest_key());
  idle_frames_ = 0;
  broken_ = false;
}

} // namespace reel::runtime
