// expect: an upcast begins with what an event was: mark the table with (older, version) in its schema
#include <reel/service.hpp>
#include <reel/upcast.hpp>
#include <sample/bank_events.hpp>

using namespace sample::bank;

reel::upcasted<MoneyReturned> wrong(const MoneyWithdrawn& old, const reel::upcast<MoneyWithdrawn, MoneyReturned>& to) {
  return to.make(old.account(), old.amount());
}

const auto service = reel::service("bank").upcasts<&wrong>();
