// The little HTTP that the gateway and its client need; the only place that includes the HTTP library.
#pragma once

#include "core/error.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace reel::demo {

struct http_request {
  std::string method; ///< "GET", "POST"
  std::string path;
  std::string key; ///< of the header Idempotency-Key
  std::string body;
};

struct http_answer {
  int status = 200;
  std::string body; ///< JSON
};

/// Serves on 127.0.0.1, several requests at once. The destructor ends it.
class http_server {
public:
  using handler = std::function<http_answer(const http_request&)>;

  /// Port 0: a free one. Errors: io, when the port is taken.
  [[nodiscard]] static core::expected<std::unique_ptr<http_server>> open(std::uint16_t port, handler handle);
  ~http_server();
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;
  [[nodiscard]] std::uint16_t port() const noexcept;

private:
  struct state;
  explicit http_server(std::unique_ptr<state> s);
  std::unique_ptr<state> state_;
};

/// "http://127.0.0.1:8080". Errors: invalid.
struct http_place {
  std::string host;
  std::uint16_t port = 80;
};
[[nodiscard]] core::expected<http_place> parse_http_url(const std::string& url);

/// One connection, kept open between requests. Blocks; for one thread at a time.
class http_client {
public:
  http_client(const http_place& place, std::chrono::milliseconds timeout);
  ~http_client();
  /// Errors: unavailable, when no answer came; whether the request was handled is not known then.
  [[nodiscard]] core::expected<http_answer> send(const http_request& request);

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace reel::demo
