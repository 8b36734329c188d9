// The actors of a library that lends books, and the program that they make.
#pragma once

#include "loans_events.hpp"

#include <reel/service.hpp>

#include <array>
#include <cstdint>
#include <string>

namespace library {

/// The copies of one title.
struct Shelf {
  using key = std::string;
  static std::string_view keys(const BookWanted& e) {
    return e.title()->string_view();
  }
  static std::string_view keys(const LoanRefused& e) {
    return e.title()->string_view();
  }

  reel::all<CopiesShelved> shelve(const BooksBought& e, const reel::context& ctx) const;
  reel::one_of<BookHandedOut, BookMissing> hand_out(const BookWanted& e, const reel::context& ctx) const;
  reel::all<BookPutBack> put_back(const LoanRefused& e, const reel::context& ctx) const;

  void apply(const CopiesShelved& e);
  void apply(const BookHandedOut& e);
  void apply(const BookMissing& e);
  void apply(const BookPutBack& e);

  using flow = reel::flow<reel::react<&Shelf::shelve>, reel::react<&Shelf::hand_out>,
                          reel::undo<BookHandedOut, &Shelf::put_back>>;

  static constexpr std::array field_names{"copies"};
  std::uint32_t copies = 0;
};

/// What one reader has at home: at most two books.
struct Reader {
  using key = std::string;
  static std::string_view keys(const BookHandedOut& e) {
    return e.reader()->string_view();
  }

  reel::one_of<LoanNoted, LoanRefused> note(const BookHandedOut& e, const reel::context& ctx) const;

  void apply(const LoanNoted& e);
  void apply(const LoanRefused& e);

  using flow = reel::flow<reel::react<&Reader::note>>;

  static constexpr std::array field_names{"books"};
  std::uint32_t books = 0;
};

/// Closes what came to nothing.
struct Loan {
  using key = std::uint64_t;
  static std::uint64_t keys(const BookMissing& e) {
    return e.loan();
  }
  static std::uint64_t keys(const BookPutBack& e) {
    return e.loan();
  }

  reel::all<LoanClosed> close_missing(const BookMissing& e, const reel::context& ctx) const;
  reel::all<LoanClosed> close_refused(const BookPutBack& e, const reel::context& ctx) const;

  void apply(const LoanClosed& e);

  using flow = reel::flow<reel::react<&Loan::close_missing>, reel::react<&Loan::close_refused>>;
};

[[nodiscard]] reel::choreography_info choreography();

} // namespace library
