// A small seeded random number generator: the same seed gives the same sequence everywhere.
//
// Source: Sebastiano Vigna's SplitMix64 (public domain, https://prng.di.unimi.it/splitmix64.c): one
// 64-bit word of state, passes BigCrush, and any seed is a good seed.
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stdint.h>

struct rng {
    uint64_t state;
};

static inline void rng_init(struct rng *rng, uint64_t seed)
{
    rng->state = seed;
}

// A uniform 64-bit number.
static inline uint64_t rng_next(struct rng *rng)
{
    uint64_t z = (rng->state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

// A number in [0, bound), bound > 0. The bias of the multiply-shift is below bound / 2^32.
static inline uint32_t rng_below(struct rng *rng, uint32_t bound)
{
    return (uint32_t)(((rng_next(rng) >> 32) * (uint64_t)bound) >> 32);
}

#endif
