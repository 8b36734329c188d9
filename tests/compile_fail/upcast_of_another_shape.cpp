// expect: an upcast is a function upcasted<To>(const From&, const reel::upcast<From, To>&)
#include <reel/service.hpp>
#include <reel/upcast.hpp>
#include <sample/bank_events.hpp>

int wrong(const sample::bank::MoneyWithdrawn1&) {
  return 0;
}

const auto service = reel::service("bank").upcasts<&wrong>();
