#include "transport/nats/stream.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>

namespace reel::transport {

namespace {

/// The server's own limit on how long it remembers message ids. Only a second guard: sequences decide.
constexpr std::int64_t duplicate_window_ns = std::chrono::nanoseconds(std::chrono::minutes(2)).count();
constexpr std::int32_t header_bytes_max = 512;
/// For questions that are asked again: a stream without a leader does not answer at all.
constexpr std::int64_t question_ms = 1000;

jsOptions question() {
  jsOptions options;
  jsOptions_Init(&options);
  options.Wait = question_ms;
  return options;
}

stream_state state_of(const jsStreamInfo& info) {
  return {info.State.FirstSeq, info.State.LastSeq,
          static_cast<std::uint32_t>(std::max<std::int64_t>(info.Config->Replicas, 1))};
}

jsStreamConfig wanted_settings(const nats_options& options, const stream_names& names, std::uint64_t frames_max,
                               const char** subjects) {
  jsStreamConfig wanted;
  jsStreamConfig_Init(&wanted);
  wanted.Name = names.stream.c_str();
  wanted.Subjects = subjects;
  wanted.SubjectsLen = 1;
  wanted.Retention = js_LimitsPolicy;
  wanted.MaxMsgs = frames_max == 0 ? -1 : static_cast<std::int64_t>(frames_max);
  wanted.MaxBytes = options.stream_bytes_max;
  wanted.MaxMsgsPerSubject = -1;
  wanted.MaxMsgSize = static_cast<std::int32_t>(options.frame_bytes_max) + header_bytes_max;
  wanted.Discard = frames_max == 0 ? js_DiscardNew : js_DiscardOld;
  wanted.Storage = options.in_memory ? js_MemoryStorage : js_FileStorage;
  wanted.Replicas = options.replicas;
  wanted.Duplicates = duplicate_window_ns;
  wanted.DenyDelete = true;
  wanted.DenyPurge = true;
  wanted.AllowDirect = false; // such a read may come from a replica that is behind
  return wanted;
}

struct difference {
  std::string setting;
  std::string found;
  std::string wanted;
};

std::string yes_no(bool value) {
  return value ? "true" : "false";
}

std::string storage_name(jsStorageType storage) {
  return storage == js_FileStorage ? "file" : "memory";
}

/// The first setting on which a journal's safety depends and that is not as wanted.
std::string find_difference(const jsStreamConfig& found, const jsStreamConfig& wanted) {
  const std::string subjects = found.SubjectsLen == 1 ? found.Subjects[0] : std::to_string(found.SubjectsLen);
  const difference all[] = {
      {"subjects", subjects, wanted.Subjects[0]},
      {"replicas", std::to_string(found.Replicas), std::to_string(wanted.Replicas)},
      {"storage", storage_name(found.Storage), storage_name(wanted.Storage)},
      {"retention", std::to_string(found.Retention), std::to_string(wanted.Retention)},
      {"discard new", yes_no(found.Discard == js_DiscardNew), yes_no(wanted.Discard == js_DiscardNew)},
      {"maximum age", std::to_string(found.MaxAge), std::to_string(wanted.MaxAge)},
      {"maximum messages", std::to_string(found.MaxMsgs), std::to_string(wanted.MaxMsgs)},
      {"deny delete", yes_no(found.DenyDelete), yes_no(wanted.DenyDelete)},
      {"deny purge", yes_no(found.DenyPurge), yes_no(wanted.DenyPurge)},
      {"roll-up", yes_no(found.AllowRollup), yes_no(wanted.AllowRollup)},
      {"direct reads", yes_no(found.AllowDirect), yes_no(wanted.AllowDirect)},
      {"sealed", yes_no(found.Sealed), yes_no(false)},
  };
  for (const auto& d : all) {
    if (d.found != d.wanted) {
      return d.setting + " is " + d.found + ", this node expects " + d.wanted;
    }
  }
  if (found.MaxMsgSize >= 0 && found.MaxMsgSize < wanted.MaxMsgSize) {
    return "maximum message size is " + std::to_string(found.MaxMsgSize) + ", frames need " +
           std::to_string(wanted.MaxMsgSize);
  }
  return {};
}

} // namespace

stream_names names_of(std::string_view prefix, std::string_view service, std::uint32_t partition) {
  stream_names names;
  const auto number = std::to_string(partition);
  names.subject = std::string(prefix) + "." + std::string(service) + "." + number;
  names.stream = std::string(prefix) + "_" + std::string(service) + "_" + number;
  for (auto& c : names.stream) {
    if (c == '.') {
      c = '-';
    } else if (c >= 'a' && c <= 'z') {
      c = static_cast<char>(c - 'a' + 'A');
    }
  }
  return names;
}

core::expected<stream_state> ensure_stream(jsCtx* context, const nats_options& options, const stream_names& names,
                                           std::uint64_t frames_max) {
  const char* subjects[] = {names.subject.c_str()};
  auto wanted = wanted_settings(options, names, frames_max, subjects);
  jsStreamInfo* made = nullptr;
  auto code = static_cast<jsErrCode>(0);
  auto status = js_GetStreamInfo(&made, context, names.stream.c_str(), nullptr, &code);
  stream_info_ptr info(made);
  if (status == NATS_NOT_FOUND) {
    made = nullptr;
    status = js_AddStream(&made, context, &wanted, nullptr, &code);
    info.reset(made);
    if (status == NATS_OK) {
      spdlog::info("nats.stream_created stream={} replicas={}", names.stream, wanted.Replicas);
    } else if (code == JSStreamNameExistErr) { // another node was faster
      made = nullptr;
      status = js_GetStreamInfo(&made, context, names.stream.c_str(), nullptr, &code);
      info.reset(made);
    }
  }
  if (status != NATS_OK) {
    return tl::unexpected(request_error("stream " + names.stream, status, code));
  }
  if (const auto different = find_difference(*info->Config, wanted); !different.empty()) {
    return core::fail(core::errc::mismatch, "stream " + names.stream + ": its " + different +
                                                "; change the stream on the broker or this node's configuration");
  }
  return state_of(*info);
}

core::expected<stream_state> ask_stream(jsCtx* context, const std::string& stream) {
  jsStreamInfo* made = nullptr;
  auto code = static_cast<jsErrCode>(0);
  auto options = question();
  const auto status = js_GetStreamInfo(&made, context, stream.c_str(), &options, &code);
  const stream_info_ptr info(made);
  if (status != NATS_OK) {
    return tl::unexpected(request_error("stream " + stream, status, code));
  }
  return state_of(*info);
}

core::expected<std::vector<found_stream>> list_streams(jsCtx* context, std::string_view prefix) {
  jsOptions settings;
  jsOptions_Init(&settings);
  const auto filter = std::string(prefix) + ".>";
  settings.Stream.Info.SubjectsFilter = filter.c_str();
  jsStreamInfoList* made = nullptr;
  auto code = static_cast<jsErrCode>(0);
  const auto status = js_Streams(&made, context, &settings, &code);
  const stream_list_ptr list(made);
  if (status == NATS_NOT_FOUND) {
    return std::vector<found_stream>();
  }
  if (status != NATS_OK) {
    return tl::unexpected(request_error("listing the streams", status, code));
  }
  std::vector<found_stream> all;
  for (int i = 0; i < list->Count; ++i) {
    if (list->List[i]->Config->MaxMsgs <= 0) {
      all.push_back({list->List[i]->Config->Name, state_of(*list->List[i])});
    }
  }
  return all;
}

core::expected<message_ptr> get_message(jsCtx* context, const std::string& stream, std::uint64_t sequence) {
  natsMsg* made = nullptr;
  auto code = static_cast<jsErrCode>(0);
  auto options = question();
  const auto status = js_GetMsg(&made, context, stream.c_str(), sequence, &options, &code);
  if (status != NATS_OK) {
    return tl::unexpected(request_error("message " + std::to_string(sequence) + " of stream " + stream, status, code));
  }
  return message_ptr(made);
}

} // namespace reel::transport
