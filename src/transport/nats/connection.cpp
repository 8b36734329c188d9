#include "transport/nats/connection.hpp"

#include "core/public_urls.hpp"

#include <spdlog/spdlog.h>

#include <sstream>
#include <vector>

namespace reel::transport {

namespace {

/// Threads of this process that run the library's callbacks, for all connections.
constexpr int callback_threads = 4;
constexpr std::int64_t connect_timeout_ms = 2000;
constexpr std::int64_t reconnect_wait_ms = 100;
constexpr std::int64_t reconnect_jitter_ms = 100;
constexpr std::int64_t ping_interval_ms = 2000;
constexpr int pings_unanswered_max = 2;
constexpr std::int64_t retry_ms_first = 100;
constexpr std::int64_t retry_ms_last = 1000;
/// Room for the headers of a message.
constexpr std::size_t header_bytes_max = 512;

std::vector<std::string> split(const std::string& urls) {
  std::vector<std::string> all;
  std::istringstream in(urls);
  for (std::string url; std::getline(in, url, ',');) {
    if (!url.empty()) {
      all.push_back(url);
    }
  }
  return all;
}

core::expected<void> accepted(natsStatus status, const std::string& what) {
  if (status == NATS_OK) {
    return {};
  }
  return core::fail(core::errc::invalid, what + ": " + describe(status));
}

} // namespace

core::expected<std::unique_ptr<connection>> connection::open(const nats_options& options, nats_counters& counters) {
  std::unique_ptr<connection> result(new connection(options, counters));
  if (auto good = result->connect(); !good) {
    return tl::unexpected(good.error());
  }
  if (auto good = result->check_jetstream(); !good) {
    return tl::unexpected(good.error());
  }
  if (auto good = result->check_payload(); !good) {
    return tl::unexpected(good.error());
  }
  result->options_ = nullptr;
  spdlog::info("nats.connected server={}", result->server());
  return result;
}

connection::connection(const nats_options& options, nats_counters& counters)
    : options_(&options), counters_(&counters), urls_(core::public_urls(options.urls)) {}

connection::~connection() {
  closing_ = true;
  context_.reset();
  if (connection_ != nullptr) {
    natsConnection_Close(connection_.get());
    closed_.get_future().wait(); // the last callback: after it none uses this object
  }
}

// -- options ----------------------------------------------------------------------------------------------------------

core::expected<options_ptr> connection::make_options() const {
  natsOptions* made = nullptr;
  nats_SetMessageDeliveryPoolSize(callback_threads);
  natsOptions_Create(&made);
  options_ptr options(made);
  const auto urls = split(options_->urls);
  std::vector<const char*> pointers;
  for (const auto& url : urls) {
    pointers.push_back(url.c_str());
  }
  const auto count = static_cast<int>(pointers.size());
  if (auto good = accepted(natsOptions_SetServers(made, pointers.data(), count), "broker URLs \"" + urls_ + "\"");
      !good) {
    return tl::unexpected(good.error());
  }
  if (auto good = set_credentials(made); !good) {
    return tl::unexpected(good.error());
  }
  natsOptions_SetName(made, options_->client_name.c_str());
  natsOptions_SetTimeout(made, connect_timeout_ms);
  natsOptions_SetSendAsap(made, true); // the default timer costs 1.5 ms per message
  natsOptions_UseGlobalMessageDelivery(made, true);
  natsOptions_SetMaxReconnect(made, -1);
  natsOptions_SetReconnectWait(made, reconnect_wait_ms);
  natsOptions_SetReconnectJitter(made, reconnect_jitter_ms, reconnect_jitter_ms);
  natsOptions_SetPingInterval(made, ping_interval_ms); // finds a server that is stopped but not dead
  natsOptions_SetMaxPingsOut(made, pings_unanswered_max);
  natsOptions_SetFailRequestsOnDisconnect(made, true);
  return options;
}

core::expected<void> connection::set_credentials(natsOptions* to) const {
  if (!options_->user.empty()) {
    natsOptions_SetUserInfo(to, options_->user.c_str(), options_->password.c_str());
  }
  if (!options_->token.empty()) {
    natsOptions_SetToken(to, options_->token.c_str());
  }
  if (!options_->credentials.empty()) {
    const auto& file = options_->credentials;
    if (auto good = accepted(natsOptions_SetUserCredentialsFromFiles(to, file.c_str(), nullptr),
                             "credentials file " + file.string());
        !good) {
      return good;
    }
  }
  const auto& tls = options_->tls;
  if (!tls.wanted()) {
    return {};
  }
  if (auto good = accepted(natsOptions_SetSecure(to, true), "TLS"); !good) {
    return good;
  }
  if (!tls.authority.empty()) {
    if (auto good = accepted(natsOptions_LoadCATrustedCertificates(to, tls.authority.c_str()),
                             "certificate authority " + tls.authority.string());
        !good) {
      return good;
    }
  }
  if (!tls.certificate.empty()) {
    if (auto good = accepted(natsOptions_LoadCertificatesChain(to, tls.certificate.c_str(), tls.key.c_str()),
                             "certificate " + tls.certificate.string() + " with key " + tls.key.string());
        !good) {
      return good;
    }
  }
  return tls.host.empty() ? core::expected<void>()
                          : accepted(natsOptions_SetExpectedHostname(to, tls.host.c_str()), "host " + tls.host);
}

void connection::set_callbacks(natsOptions* to) {
  natsOptions_SetDisconnectedCB(
      to, [](natsConnection*, void* self) { static_cast<connection*>(self)->note_change(false); }, this);
  natsOptions_SetReconnectedCB(
      to, [](natsConnection*, void* self) { static_cast<connection*>(self)->note_change(true); }, this);
  natsOptions_SetErrorHandler(
      to,
      [](natsConnection*, natsSubscription* subscription, natsStatus status, void* self) {
        static_cast<connection*>(self)->note_error(subscription, status);
      },
      this);
  natsOptions_SetClosedCB(
      to,
      [](natsConnection* closed, void* self) {
        auto* me = static_cast<connection*>(self);
        me->connected_ = false;
        if (!me->closing_) {
          const char* why = nullptr;
          natsConnection_GetLastError(closed, &why);
          spdlog::critical(
              "nats.closed urls={} error=\"{}\" effect=\"no more appends until this process starts again\"", me->urls_,
              why == nullptr ? "" : why);
        }
        me->closed_.set_value();
      },
      this);
}

// -- opening ----------------------------------------------------------------------------------------------------------

core::expected<void> connection::connect() {
  auto options = make_options();
  if (!options) {
    return tl::unexpected(options.error());
  }
  set_callbacks(options->get());
  const auto limit = std::chrono::steady_clock::now() + options_->start_wait;
  auto wait_ms = retry_ms_first;
  while (true) {
    natsConnection* made = nullptr;
    const auto status = natsConnection_Connect(&made, options->get());
    if (status == NATS_OK) {
      connection_.reset(made);
      connected_ = true;
      return {};
    }
    const auto why = describe(status);
    if (status == NATS_CONNECTION_AUTH_FAILED) {
      return core::fail(core::errc::invalid, "the broker at " + urls_ + " refused the credentials: " + why);
    }
    if (status == NATS_SSL_ERROR || status == NATS_SECURE_CONNECTION_REQUIRED || status == NATS_INVALID_ARG) {
      return core::fail(core::errc::invalid, "connecting to the broker at " + urls_ + ": " + why);
    }
    if (std::chrono::steady_clock::now() >= limit) {
      return core::fail(core::errc::unavailable, "no broker answers at " + urls_ + ": " + why);
    }
    spdlog::warn("nats.unreachable urls={} error=\"{}\" retry_ms={}", urls_, why, wait_ms);
    nats_Sleep(wait_ms);
    wait_ms = std::min(wait_ms * 2, retry_ms_last);
  }
}

core::expected<void> connection::check_jetstream() {
  jsOptions settings;
  jsOptions_Init(&settings);
  settings.Wait = options_->request_timeout.count();
  jsCtx* made = nullptr;
  if (const auto status = natsConnection_JetStream(&made, connection_.get(), &settings); status != NATS_OK) {
    return core::fail(core::errc::unavailable, "JetStream of " + urls_ + ": " + describe(status));
  }
  context_.reset(made);
  const auto limit = std::chrono::steady_clock::now() + options_->start_wait;
  constexpr int silent_max = 3; // no responders at all: no server of the cluster has JetStream
  for (int silent = 0;;) {
    jsAccountInfo* info = nullptr;
    auto code = static_cast<jsErrCode>(0);
    const auto status = js_GetAccountInfo(&info, context_.get(), nullptr, &code);
    const account_info_ptr owner(info);
    if (status == NATS_OK) {
      return {};
    }
    const auto why = describe(status, code);
    silent += status == NATS_NO_RESPONDERS ? 1 : 0;
    if (code == JSNotEnabledErr || code == JSNotEnabledForAccountErr || silent == silent_max) {
      return core::fail(core::errc::mismatch,
                        "JetStream is not enabled on the broker at " + urls_ +
                            " (start nats-server with -js, or enable it for this account): " + why);
    }
    if (std::chrono::steady_clock::now() >= limit) {
      return core::fail(core::errc::unavailable, "JetStream of the broker at " + urls_ + " does not answer: " + why);
    }
    spdlog::warn("nats.jetstream_unavailable urls={} error=\"{}\"", urls_, why);
    nats_Sleep(retry_ms_first);
  }
}

core::expected<void> connection::check_payload() const {
  const auto offered = static_cast<std::size_t>(natsConnection_GetMaxPayload(connection_.get()));
  const auto wanted = options_->frame_bytes_max + header_bytes_max;
  if (offered >= wanted) {
    return {};
  }
  return core::fail(core::errc::mismatch, "the broker at " + urls_ + " takes messages of " + std::to_string(offered) +
                                              " bytes, frames need up to " + std::to_string(wanted) +
                                              ": raise max_payload in its configuration");
}

std::string connection::server() const {
  char url[256] = {};
  return natsConnection_GetConnectedUrl(connection_.get(), url, sizeof(url)) == NATS_OK ? core::public_urls(url)
                                                                                        : urls_;
}

// -- what happens later -----------------------------------------------------------------------------------------------

void connection::on_change(std::function<void(bool)> changed) {
  const std::lock_guard lock(mutex_);
  changed_ = std::move(changed);
}

void connection::note_change(bool connected) {
  if (closing_) {
    return;
  }
  connected_ = connected;
  if (connected) {
    ++counters_->reconnects;
    spdlog::warn("nats.reconnected server={}", server());
  } else {
    ++counters_->disconnects;
    const char* why = nullptr;
    natsConnection_GetLastError(connection_.get(), &why);
    spdlog::warn("nats.disconnected urls={} error=\"{}\"", urls_, why == nullptr ? "" : why);
  }
  const std::lock_guard lock(mutex_);
  if (changed_) {
    changed_(connected);
  }
}

void connection::note_error(natsSubscription* subscription, natsStatus status) {
  if (status == NATS_SLOW_CONSUMER) {
    ++counters_->slow_consumers;
    spdlog::warn("nats.slow_consumer subscription={}", subscription == nullptr ? "" : "consumer");
    return;
  }
  ++counters_->broker_errors;
  const char* why = nullptr;
  natsConnection_GetLastError(connection_.get(), &why);
  spdlog::error("nats.broker_error status=\"{}\" error=\"{}\"", natsStatus_GetText(status), why == nullptr ? "" : why);
}

} // namespace reel::transport
