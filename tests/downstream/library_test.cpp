// One actor alone, and the whole library.
#include "library.hpp"

#include <reel/test_story.hpp>

#include <cstdio>
#include <exception>

using namespace library;
using reel::test::given;
using reel::test::make;

int main() {
  try {
    given<Shelf>("Emma", make<CopiesShelved>("Emma", 1U))
        .when(make<BookWanted>(1UL, "ann", "Emma"))
        .expect(make<BookHandedOut>("Emma", 1UL, "ann"));
    given(choreography(), make<BooksBought>("Emma", 3U), make<BookWanted>(1UL, "ann", "Emma"),
          make<BookWanted>(2UL, "ann", "Emma"))
        .when(make<BookWanted>(3UL, "ann", "Emma"))
        .expect(make<BookHandedOut>("Emma", 3UL, "ann"), make<LoanRefused>("ann", 3UL, "Emma"),
                make<BookPutBack>("Emma", 3UL), make<LoanClosed>(3UL))
        .expect_invariants();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
