// How the sample bank's older withdrawals are read.
#pragma once

#include <sample/bank_events.hpp>

#include <reel/upcast.hpp>

namespace sample::bank {

inline reel::upcasted<MoneyWithdrawn2> with_receiver(const MoneyWithdrawn1& old,
                                                     const reel::upcast<MoneyWithdrawn1, MoneyWithdrawn2>& to) {
  return to.make(old.account(), "unknown", "nobody", static_cast<std::uint32_t>(old.amount()));
}

inline reel::upcasted<MoneyWithdrawn> in_pence(const MoneyWithdrawn2& old,
                                               const reel::upcast<MoneyWithdrawn2, MoneyWithdrawn>& to) {
  constexpr std::uint64_t pence_per_pound = 100;
  return to.build([&](flatbuffers::FlatBufferBuilder& b) {
    const auto account = b.CreateString(old.account());
    const auto transfer = b.CreateString(old.transfer());
    return CreateMoneyWithdrawn(b, account, transfer, b.CreateString(old.to()), old.pounds() * pence_per_pound);
  });
}

} // namespace sample::bank
