#include "transport/nats/answer.hpp"

#include <nlohmann/json.hpp>

namespace reel::transport {

namespace {

publish_answer answered(append_outcome outcome, std::string detail) {
  return {{outcome, frame_sequence{}, std::move(detail)}, false, false};
}

/// Codes of the server's errors.jsonld; the same in all versions from 2.9 on.
append_outcome outcome_of(int error_code) {
  switch (error_code) {
  case 10070: // wrong last message id
  case 10071: // wrong last sequence
  case 10164: // the same, from version 2.12 on
    return append_outcome::conflict;
  case 10023: // insufficient resources
  case 10028: // memory resources exceeded
  case 10047: // storage resources exceeded
  case 10053: // larger than the stream takes
  case 10054: // larger than the stream takes
  case 10077: // store failed: the stream is full, or the disk
  case 10122: // larger than the account takes
    return append_outcome::unavailable;
  default: // 10158, the id is in process; 10008, no leader now; 503 and all that later versions may say
    return append_outcome::unknown;
  }
}

} // namespace

publish_answer read_answer(std::string_view text, frame_sequence sequence) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) {
    return answered(append_outcome::unknown, "the broker's answer is not readable");
  }
  if (const auto error = json.find("error"); error != json.end() && error->is_object()) {
    const auto words = error->find("description");
    const auto description = words != error->end() && words->is_string() ? words->get<std::string>() : "refused";
    const auto code = error->find("err_code");
    const int error_code = code != error->end() && code->is_number_integer() ? code->get<int>() : 0;
    return answered(outcome_of(error_code), description + " (" + std::to_string(error_code) + ")");
  }
  const auto stored = json.find("seq");
  if (stored == json.end() || !stored->is_number_unsigned()) {
    return answered(append_outcome::unknown, "the broker's answer has no sequence");
  }
  publish_answer answer;
  const auto duplicate = json.find("duplicate");
  answer.duplicate = duplicate != json.end() && duplicate->is_boolean() && duplicate->get<bool>();
  answer.result.last = frame_sequence{stored->get<std::uint64_t>()};
  if (answer.result.last == sequence) {
    answer.result.outcome = append_outcome::committed;
    return answer;
  }
  answer.misplaced = true;
  answer.result.outcome = append_outcome::conflict;
  answer.result.detail = "the broker has frame " + std::to_string(static_cast<std::uint64_t>(sequence)) +
                         " at sequence " + std::to_string(static_cast<std::uint64_t>(answer.result.last));
  return answer;
}

publish_answer no_responders() {
  return answered(append_outcome::unknown, "no server takes appends for this journal now");
}

} // namespace reel::transport
