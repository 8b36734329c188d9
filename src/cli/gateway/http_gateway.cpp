#include "cli/gateway/http_gateway.hpp"

#include <nlohmann/json.hpp>

#include <chrono>

namespace reel::demo {

namespace {

constexpr std::size_t threads = 16;
constexpr std::size_t waiting_max = 256;
constexpr std::chrono::milliseconds answer_wait{5'000};
constexpr std::chrono::milliseconds books_wait{30'000};

std::string body_of(std::string_view order, std::uint64_t amount) {
  return nlohmann::json{{"order", order}, {"amount", amount}}.dump();
}

} // namespace

http_gateway::http_gateway(const http_place& place) {
  for (std::size_t i = 0; i < threads; ++i) {
    clients_.push_back(std::make_unique<http_client>(place, answer_wait));
  }
  pool_ = std::make_unique<blocking_pool>(blocking_pool::limits{threads, waiting_max});
}

http_gateway::~http_gateway() = default;

template <class Answer, class Read>
void http_gateway::post(http_request request, completion<Answer> done, Read read) const {
  const auto work = [this, request = std::move(request), done, read](std::size_t thread) {
    try {
      const auto answer = clients_[thread]->send(request);
      if (!answer) {
        done.fail(answer.error().what);
      } else if (answer->status == 200) {
        done(read(nlohmann::json::parse(answer->body)));
      } else if (answer->status >= 400 && answer->status < 500) {
        done.give_up("the gateway refuses the request: " + answer->body);
      } else {
        done.fail("the gateway answers " + std::to_string(answer->status));
      }
    } catch (const std::exception& fault) {
      done.fail(std::string("the gateway answers nonsense: ") + fault.what());
    }
  };
  if (!pool_->run(work)) {
    done.fail("too many requests wait for the gateway");
  }
}

void http_gateway::charge(const shop::payment::charge_request& request,
                          completion<shop::payment::charge_answer> done) const {
  post({"POST", "/charges", std::string(request.key), body_of(request.order, request.amount)}, std::move(done),
       [](const nlohmann::json& answer) {
         return shop::payment::charge_answer{answer.at("approved").get<bool>(),
                                             answer.at("reference").get<std::uint64_t>()};
       });
}

void http_gateway::refund(const shop::payment::refund_request& request,
                          completion<shop::payment::refund_answer> done) const {
  post({"POST", "/refunds", std::string(request.key), body_of(request.order, request.amount)}, std::move(done),
       [](const nlohmann::json& answer) {
         return shop::payment::refund_answer{answer.at("reference").get<std::uint64_t>()};
       });
}

void http_gateway::make_void(const shop::payment::void_request& request,
                             completion<shop::payment::void_answer> done) const {
  post({"POST", "/voids", std::string(request.key), body_of(request.order, 0)}, std::move(done),
       [](const nlohmann::json& answer) {
         return shop::payment::void_answer{answer.at("amount").get<std::uint64_t>()};
       });
}

shop::payment::gateway_invariant::report read_gateway_books(const http_place& place) {
  shop::payment::gateway_invariant::report books;
  try {
    const auto answer = http_client(place, books_wait).send({"GET", "/books", {}, {}});
    if (!answer || answer->status != 200) {
      books.error = answer ? "the gateway answers " + std::to_string(answer->status) : answer.error().what;
      return books;
    }
    const auto read = nlohmann::json::parse(answer->body);
    for (const auto& account : read.at("accounts")) {
      books.accounts.push_back({account.at("order").get<std::string>(), account.at("captured").get<std::uint64_t>(),
                                account.at("refunded").get<std::uint64_t>(), account.at("void").get<bool>()});
    }
    for (const auto& fault : read.at("faults")) {
      books.faults.push_back(fault.get<std::string>());
    }
  } catch (const std::exception& fault) {
    books.error = fault.what();
  }
  return books;
}

} // namespace reel::demo
