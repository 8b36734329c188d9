#include "actors/payment/gateway_books.hpp"
#include "cli/gateway/gateway_command.hpp"

#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include <condition_variable>
#include <fstream>
#include <mutex>
#include <random>

namespace reel::demo {

namespace {

using nlohmann::json;
using shop::payment::gateway_books;

/// One request to do something, as it stands in the books' file.
struct entry {
  std::string path;
  std::string key;
  std::string order;
  std::uint64_t amount = 0;
};

http_answer refuse(int status, const std::string& why) {
  return {status, json{{"error", why}}.dump()};
}

json apply(gateway_books& books, const entry& e) {
  if (e.path == "/charges") {
    const auto answer = books.charge({e.key, e.order, e.amount});
    return {{"approved", answer.approved}, {"reference", answer.reference}};
  }
  if (e.path == "/refunds") {
    return {{"reference", books.refund({e.key, e.order, e.amount}).reference}};
  }
  return {{"amount", books.make_void({e.key, e.order}).amount}};
}

bool is_known(const std::string& path) {
  return path == "/charges" || path == "/refunds" || path == "/voids";
}

json all_books(const gateway_books& books) {
  const auto sum = books.sum();
  json accounts = json::array();
  for (const auto& a : books.accounts()) {
    accounts.push_back({{"order", a.order}, {"captured", a.captured}, {"refunded", a.refunded}, {"void", a.closed}});
  }
  return {{"captured", sum.captured}, {"refunded", sum.refunded}, {"charges", sum.charges},
          {"declined", sum.declined}, {"refunds", sum.refunds},   {"voids", sum.voids},
          {"repeated", sum.repeated}, {"accounts", accounts},     {"faults", books.faults()}};
}

} // namespace

struct gateway_service::state {
  explicit state(const gateway_options& given) : options(given), books(given.decline, given.seed), random(given.seed) {}

  gateway_options options;
  gateway_books books;
  std::mutex mutex; // for what follows
  std::mt19937_64 random;
  std::ofstream file;
  std::condition_variable stopped;
  bool stopping = false;

  /// True for about this share of the calls.
  bool happens(double share) {
    constexpr double draws = 4294967296.0; // 2^32
    const std::lock_guard lock(mutex);
    return static_cast<double>(random() >> 32U) < share * draws;
  }
  void take_time() {
    std::unique_lock lock(mutex);
    stopped.wait_for(lock, std::chrono::milliseconds(options.slow_ms), [this] { return stopping; });
  }
  /// The file is in the order in which things were done.
  json write_and_do(const entry& e) {
    const std::lock_guard lock(mutex);
    if (file.is_open()) {
      file << json{{"path", e.path}, {"key", e.key}, {"order", e.order}, {"amount", e.amount}}.dump() << std::endl;
    }
    return apply(books, e);
  }
  [[nodiscard]] json head() const {
    return {{"decline", options.decline}, {"seed", options.seed}};
  }
  core::expected<void> read_books();
};

core::expected<void> gateway_service::state::read_books() {
  std::ifstream in(options.books);
  std::string line;
  std::size_t number = 0;
  const auto wrong = [&](const std::string& what) {
    return core::fail(core::errc::invalid, fmt::format("{}, line {}: {}", options.books, number, what));
  };
  while (std::getline(in, line)) {
    ++number;
    if (in.eof()) {
      break; // it was cut off while it was written, so it was not answered
    }
    try {
      const auto read = json::parse(line);
      if (number == 1) {
        if (read != head()) {
          return wrong("these are the books of a gateway with other --decline or --seed: " + line);
        }
        continue;
      }
      apply(books, {read.at("path"), read.at("key"), read.at("order"), read.at("amount")});
    } catch (const json::exception& fault) {
      return wrong(fmt::format("expected a request that was done: {}", fault.what()));
    }
  }
  file.open(options.books, std::ios::app);
  if (!file) {
    return core::fail(core::errc::io, options.books + " cannot be written");
  }
  if (number == 0) {
    file << head().dump() << std::endl;
  }
  return {};
}

gateway_service::gateway_service(std::unique_ptr<state> s) : state_(std::move(s)) {}
gateway_service::~gateway_service() = default;

core::expected<std::unique_ptr<gateway_service>> gateway_service::open(const gateway_options& options) {
  auto s = std::make_unique<state>(options);
  if (!options.books.empty()) {
    if (auto read = s->read_books(); !read) {
      return tl::unexpected(read.error());
    }
  }
  return std::unique_ptr<gateway_service>(new gateway_service(std::move(s)));
}

http_answer gateway_service::handle(const http_request& request) {
  if (request.method == "GET") {
    return request.path == "/books" ? http_answer{200, all_books(state_->books).dump()}
                                    : refuse(404, "there is /books to be read");
  }
  if (!is_known(request.path)) {
    return refuse(404, "there are /charges, /refunds and /voids to be posted to");
  }
  entry e{request.path, request.key, {}, 0};
  try {
    const auto body = json::parse(request.body);
    e.order = body.at("order").get<std::string>();
    if (!body.at("amount").is_number_unsigned()) {
      return refuse(400, "the amount is no whole number of pence");
    }
    e.amount = body.at("amount").get<std::uint64_t>();
  } catch (const json::exception& fault) {
    return refuse(400, fmt::format("expected {{\"order\":TEXT,\"amount\":PENCE}}: {}", fault.what()));
  }
  if (e.key.empty() || e.order.empty()) {
    return refuse(400, e.key.empty() ? "the header Idempotency-Key is missing" : "the order is empty");
  }
  state_->take_time();
  if (state_->happens(state_->options.down)) {
    return refuse(503, "down");
  }
  const auto done = state_->write_and_do(e);
  if (state_->happens(state_->options.twice)) {
    return refuse(503, "it is done, but you do not hear of it");
  }
  return {200, done.dump()};
}

void gateway_service::stop() {
  const std::lock_guard lock(state_->mutex);
  state_->stopping = true;
  state_->stopped.notify_all();
}

std::string gateway_service::summary() const {
  const auto sum = state_->books.sum();
  return fmt::format(
      "{} charges of {} pence, {} declined; {} refunds, {} voids: {} pence paid back; {} requests answered "
      "again",
      sum.charges, sum.captured, sum.declined, sum.refunds, sum.voids, sum.refunded, sum.repeated);
}

} // namespace reel::demo
