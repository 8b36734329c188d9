#include "cli/gateway/http.hpp"

#include <httplib.h>

#include <charconv>
#include <thread>

namespace reel::demo {

namespace {

constexpr const char* json_type = "application/json";
constexpr const char* key_header = "Idempotency-Key";

} // namespace

// -- server -----------------------------------------------------------------------------------------------------------

struct http_server::state {
  httplib::Server server;
  std::thread thread;
  std::uint16_t port = 0;
  handler handle;

  void answer(const httplib::Request& in, httplib::Response& out) const {
    const auto result = handle({in.method, in.path, in.get_header_value(key_header), in.body});
    out.status = result.status;
    out.set_content(result.body, json_type);
  }
};

http_server::http_server(std::unique_ptr<state> s) : state_(std::move(s)) {}

core::expected<std::unique_ptr<http_server>> http_server::open(std::uint16_t port, handler handle) {
  constexpr std::size_t body_bytes_max = 64 * 1024;
  constexpr std::size_t threads = 16;
  auto s = std::make_unique<state>();
  s->handle = std::move(handle);
  s->server.new_task_queue = [] { return new httplib::ThreadPool(threads); };
  s->server.set_payload_max_length(body_bytes_max);
  s->server.set_tcp_nodelay(true);
  const auto answer = [raw = s.get()](const httplib::Request& in, httplib::Response& out) { raw->answer(in, out); };
  s->server.Get(".*", answer);
  s->server.Post(".*", answer);
  const bool bound = port == 0 || s->server.bind_to_port("127.0.0.1", port);
  const int any = port == 0 ? s->server.bind_to_any_port("127.0.0.1") : port;
  if (!bound || any <= 0) {
    return core::fail(core::errc::io, "cannot listen on 127.0.0.1:" + std::to_string(port) + "; is the port taken?");
  }
  s->port = static_cast<std::uint16_t>(any);
  s->thread = std::thread([raw = s.get()] { raw->server.listen_after_bind(); });
  return std::unique_ptr<http_server>(new http_server(std::move(s)));
}

http_server::~http_server() {
  state_->server.stop();
  state_->thread.join();
}

std::uint16_t http_server::port() const noexcept {
  return state_->port;
}

// -- client -----------------------------------------------------------------------------------------------------------

core::expected<http_place> parse_http_url(const std::string& url) {
  constexpr std::string_view scheme = "http://";
  const auto wrong = [&] {
    return core::fail(core::errc::invalid, url + " is no address of a gateway: expected http://HOST:PORT");
  };
  if (url.compare(0, scheme.size(), scheme) != 0) {
    return wrong();
  }
  auto rest = url.substr(scheme.size());
  if (!rest.empty() && rest.back() == '/') {
    rest.pop_back();
  }
  const auto colon = rest.rfind(':');
  if (colon == std::string::npos || colon == 0 || rest.find('/') != std::string::npos) {
    return wrong();
  }
  http_place place{rest.substr(0, colon), 0};
  const auto* const end = rest.data() + rest.size();
  const auto [stopped, fault] = std::from_chars(rest.data() + colon + 1, end, place.port);
  if (fault != std::errc{} || stopped != end || place.port == 0) {
    return wrong();
  }
  return place;
}

struct http_client::state {
  explicit state(const http_place& place) : client(place.host, place.port) {}
  httplib::Client client;
};

http_client::http_client(const http_place& place, std::chrono::milliseconds timeout)
    : state_(std::make_unique<state>(place)) {
  state_->client.set_keep_alive(true);
  state_->client.set_tcp_nodelay(true);
  state_->client.set_connection_timeout(timeout);
  state_->client.set_read_timeout(timeout);
  state_->client.set_write_timeout(timeout);
}

http_client::~http_client() = default;

core::expected<http_answer> http_client::send(const http_request& request) {
  const auto result =
      request.method == "GET"
          ? state_->client.Get(request.path)
          : state_->client.Post(request.path, httplib::Headers{{key_header, request.key}}, request.body, json_type);
  if (!result) {
    return core::fail(core::errc::unavailable,
                      "the gateway does not answer (" + httplib::to_string(result.error()) + ")");
  }
  return http_answer{result->status, result->body};
}

} // namespace reel::demo
