#include "library.hpp"

namespace library {

reel::all<CopiesShelved> Shelf::shelve(const BooksBought& e, const reel::context& ctx) const {
  return ctx.make<CopiesShelved>(ctx.key(), e.copies());
}

reel::one_of<BookHandedOut, BookMissing> Shelf::hand_out(const BookWanted& e, const reel::context& ctx) const {
  if (copies == 0) {
    return ctx.make<BookMissing>(ctx.key(), e.loan());
  }
  return ctx.make<BookHandedOut>(ctx.key(), e.loan(), e.reader());
}

reel::all<BookPutBack> Shelf::put_back(const LoanRefused& e, const reel::context& ctx) const {
  return ctx.make<BookPutBack>(ctx.key(), e.loan());
}

void Shelf::apply(const CopiesShelved& e) {
  copies += e.copies();
}
void Shelf::apply(const BookHandedOut&) {
  --copies;
}
void Shelf::apply(const BookMissing&) {}
void Shelf::apply(const BookPutBack&) {
  ++copies;
}

reel::one_of<LoanNoted, LoanRefused> Reader::note(const BookHandedOut& e, const reel::context& ctx) const {
  constexpr std::uint32_t books_max = 2;
  if (books == books_max) {
    return ctx.make<LoanRefused>(ctx.key(), e.loan(), e.title());
  }
  return ctx.make<LoanNoted>(ctx.key(), e.loan());
}

void Reader::apply(const LoanNoted&) {
  ++books;
}
void Reader::apply(const LoanRefused&) {}

reel::all<LoanClosed> Loan::close_missing(const BookMissing& e, const reel::context& ctx) const {
  return ctx.make<LoanClosed>(e.loan());
}
reel::all<LoanClosed> Loan::close_refused(const BookPutBack& e, const reel::context& ctx) const {
  return ctx.make<LoanClosed>(e.loan());
}
void Loan::apply(const LoanClosed&) {}

reel::choreography_info choreography() {
  auto counter = reel::source("counter").publishes<BooksBought, BookWanted>();
  return reel::choreography("library")
      .flows<BookWanted, LoanNoted, LoanClosed>("loan")
      .from(counter)
      .with(reel::service("shelves").hosts<Shelf>())
      .with(reel::service("readers").hosts<Reader>())
      .with(reel::service("loans").hosts<Loan>());
}

} // namespace library
