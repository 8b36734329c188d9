// expect: an upcast stays with its event: both tables must be versions of the same one
#include <reel/service.hpp>
#include <reel/upcast.hpp>
#include <sample/bank_events.hpp>

using namespace sample::bank;

reel::upcasted<MoneyReturned> wrong(const MoneyWithdrawn1& old,
                                    const reel::upcast<MoneyWithdrawn1, MoneyReturned>& to) {
  return to.make(old.account(), old.amount());
}

const auto service = reel::service("bank").upcasts<&wrong>();
