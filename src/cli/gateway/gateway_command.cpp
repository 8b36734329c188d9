#include "cli/gateway/gateway_command.hpp"

#include "cli/stop_signals.hpp"

#include <reel/options.hpp>

#include <fmt/format.h>

#include <cstdio>

namespace reel::demo {

namespace {

int refuse(const core::error& error) {
  fmt::print(stderr, "error: {}\n", error.what);
  return 1;
}

int serve(const gateway_options& options) {
  cli::stop_signals signals; // before any thread is started
  auto service = gateway_service::open(options);
  if (!service) {
    return refuse(service.error());
  }
  auto server = http_server::open(static_cast<std::uint16_t>(options.port),
                                  [s = service->get()](const http_request& request) { return s->handle(request); });
  if (!server) {
    return refuse(server.error());
  }
  fmt::print("the gateway listens on http://127.0.0.1:{}\n", (*server)->port());
  std::fflush(stdout);
  while (!signals.wait_tick()) {
  }
  (*service)->stop();
  server->reset();
  fmt::print("{}\n", (*service)->summary());
  return 0;
}

} // namespace

command gateway_command() {
  constexpr std::uint64_t port_max = 65'535;
  constexpr std::uint64_t slow_max = 600'000;
  const auto o = std::make_shared<gateway_options>();
  const auto member = [&o](auto& value) { return std::shared_ptr<std::decay_t<decltype(value)>>(o, &value); };
  command result;
  result.name = "gateway-sim";
  result.description = "Be a card gateway for `demo --gateway`: an HTTP service that honours idempotency keys, with "
                       "books to be read (GET /books)";
  result.options = {
      count_option("--port", "Listen there, on 127.0.0.1 (default: a free port, which is printed)", member(o->port), 0,
                   port_max),
      count_option("--slow", "Take N milliseconds for each request", member(o->slow_ms), 0, slow_max),
      share_option("--down", "Share of requests that are turned away, undone", member(o->down)),
      share_option("--twice",
                   "Share of requests that are done without the caller hearing of it; asked again, the gateway answers "
                   "a second time",
                   member(o->twice)),
      share_option("--decline", "Share of orders whose charge is declined", member(o->decline)),
      count_option("--seed", "Another seed declines other orders (default 1)", member(o->seed)),
      text_option("--books", "FILE", "Keep the books there, so that they outlive the process", member(o->books)),
  };
  result.run = [o] { return serve(*o); };
  return result;
}

} // namespace reel::demo
