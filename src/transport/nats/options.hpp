// How the log on NATS JetStream connects, stores and waits; each default is documented here, once.
#pragma once

#include "core/frame.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace reel::transport {

/// Certificates of a connection. All empty: no TLS, unless the server asks for it.
struct nats_tls {
  std::filesystem::path authority;   ///< PEM file of the authorities that may have signed the server's certificate
  std::filesystem::path certificate; ///< PEM file of this client
  std::filesystem::path key;
  std::string host; ///< the name that the server's certificate must have; empty: that of the URL

  [[nodiscard]] bool wanted() const {
    return !authority.empty() || !certificate.empty() || !key.empty();
  }
};

struct nats_options {
  std::string urls = "nats://127.0.0.1:4222"; ///< separated by commas: all servers of one cluster
  std::string user;                           ///< with `password`; empty: no such credentials
  std::string password;
  std::string token;
  std::filesystem::path credentials; ///< a file of `nsc generate creds`
  nats_tls tls;
  std::string client_name = "reel"; ///< what the server's monitoring shows

  /// Streams are "<PREFIX>_<SERVICE>_<PARTITION>", subjects "<prefix>.<service>.<partition>". Letters and digits.
  std::string prefix = "reel";
  std::uint32_t replicas = 1;
  bool in_memory = false; ///< streams do not survive their servers: for tests and measurements
  /// What one stream may store, in bytes; -1: what the account allows. A full stream refuses appends at once, a full
  /// disk hangs a server of version 2.9, so set it below the disk's share on production machines.
  std::int64_t stream_bytes_max = -1;
  /// Larger frames are never sent: a server closes the connection for them. With its headers a frame of this size fits
  /// the default max_payload of 1 MiB.
  std::size_t frame_bytes_max = (1U << 20) - 1024;

  /// Appends of one journal that may be under way on a stream of one replica. More only help small frames; with several
  /// replicas it is always one (see docs/nats.md).
  std::size_t appends_in_flight_max = 4;
  /// An append without an answer after this time is `unknown`.
  std::chrono::milliseconds append_timeout{2000};
  /// For requests to JetStream's interface; creating a replicated stream takes a second or two.
  std::chrono::milliseconds request_timeout{5000};
  /// How long opening waits for a broker that is not there yet.
  std::chrono::milliseconds start_wait{10'000};
  /// A consumer that has heard nothing for this time is created again. The server sends a heartbeat three times as
  /// often.
  std::chrono::milliseconds silence_max{1500};
  /// A replicated journal that seems shorter than it was is believed to be so after this time: a server that is no
  /// longer leader may answer for a while.
  std::chrono::milliseconds regression_wait{10'000};
  /// Newest frames of all journals that stay in memory, in raw bytes.
  std::size_t tail_cache_bytes = 48U << 20;
  /// When set, events that come from the broker are verified against it, and upcast. Must outlive the log.
  const core::event_registry* registry = nullptr;
  /// Dropped after the log; may own the registry.
  std::shared_ptr<const void> registry_owner;
  /// Wall clock, for the time of a genesis.
  std::function<timestamp()> now = [] { return timestamp(std::chrono::system_clock::now()); };
};

} // namespace reel::transport
