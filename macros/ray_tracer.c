// Trace a small scene of spheres. Vectors, rays, hit records and colours are returned by pointer:
// into the caller's frame, or as new memory, one object each.
#include "macros/macro.h"

#include <stdbool.h>

enum { BOUNCE_COUNT_MAX = 3 };

struct vector {
    double x, y, z;
};
OBJECT_TYPE(vector, NO_POINTERS);

struct ray {
    struct vector origin;
    struct vector direction; // of length 1
};
OBJECT_TYPE(ray, NO_POINTERS);

struct sphere {
    struct vector centre;
    double radius;
    struct vector colour;
    double mirror; // the share of light that it reflects
};

struct hit {
    struct vector point;
    struct vector normal;
    double distance;
    const struct sphere *sphere; // never in the heap
};
OBJECT_TYPE(hit, NO_POINTERS);

static const struct sphere spheres[] = {
    {{0, -1000, 6}, 999, {0.6, 0.6, 0.5}, 0.1},   {{0, 0.2, 6}, 1.2, {0.9, 0.3, 0.2}, 0.3},
    {{2.2, -0.3, 5}, 0.7, {0.2, 0.4, 0.9}, 0.2},  {{-2.1, -0.2, 5.5}, 0.8, {0.2, 0.8, 0.3}, 0.2},
    {{-0.9, -0.7, 3.8}, 0.3, {0.9, 0.8, 0.2}, 0}, {{0.9, -0.7, 3.9}, 0.3, {0.8, 0.2, 0.8}, 0},
    {{-4, 1.5, 9}, 2.5, {0.7, 0.7, 0.7}, 0.6},    {{4, 1.2, 9}, 2.2, {0.5, 0.5, 0.8}, 0.5},
};
enum { SPHERE_COUNT = sizeof spheres / sizeof spheres[0] };
static const struct vector light = {-5, 8, -3};

static double dot(const struct vector *a, const struct vector *b)
{
    return a->x * b->x + a->y * b->y + a->z * b->z;
}

static NOINLINE struct vector *vector_new(struct vector *slot, double x, double y, double z)
{
    struct vector *const vector = OBTAIN(vector, slot);
    *vector = (struct vector){x, y, z};
    return vector;
}

static struct vector *vector_minus(struct vector *slot, const struct vector *a,
                                   const struct vector *b)
{
    return vector_new(slot, a->x - b->x, a->y - b->y, a->z - b->z);
}

// a + factor * b
static struct vector *vector_along(struct vector *slot, const struct vector *a, double factor,
                                   const struct vector *b)
{
    return vector_new(slot, a->x + factor * b->x, a->y + factor * b->y, a->z + factor * b->z);
}

static NOINLINE struct ray *ray_new(struct ray *slot, const struct vector *origin,
                                    const struct vector *direction)
{
    struct ray *const ray = OBTAIN(ray, slot);
    const double scale = 1 / __builtin_sqrt(dot(direction, direction));
    ray->origin = *origin;
    ray->direction =
        (struct vector){direction->x * scale, direction->y * scale, direction->z * scale};
    return ray;
}

// How far along the ray the sphere is met; negative when it is not.
static NOINLINE double sphere_distance(const struct sphere *sphere, const struct ray *ray)
{
    SLOT(vector, offset_slot);
    struct vector *const offset = vector_minus(offset_slot, &ray->origin, &sphere->centre);
    const double half = dot(offset, &ray->direction);
    const double root = half * half - dot(offset, offset) + sphere->radius * sphere->radius;
    DROP(offset);
    if (root < 0) {
        return -1;
    }
    const double near = -half - __builtin_sqrt(root);
    return near > 1e-6 ? near : -half + __builtin_sqrt(root);
}

static NOINLINE struct hit *hit_new(struct hit *slot, const struct sphere *sphere,
                                    const struct ray *ray, double distance)
{
    SLOT(vector, point_slot);
    SLOT(vector, normal_slot);
    struct hit *const hit = OBTAIN(hit, slot);
    struct vector *const point = vector_along(point_slot, &ray->origin, distance, &ray->direction);
    struct vector *const outward = vector_minus(normal_slot, point, &sphere->centre);
    const double scale = 1 / sphere->radius;
    hit->normal = (struct vector){outward->x * scale, outward->y * scale, outward->z * scale};
    hit->point = *point;
    hit->distance = distance;
    hit->sphere = sphere;
    DROP(outward);
    DROP(point);
    return hit;
}

// The nearest hit, or NULL.
static NOINLINE struct hit *ray_hit(struct hit *slot, const struct ray *ray)
{
    double nearest = 1e9;
    const struct sphere *sphere = NULL;
    for (int i = 0; i < SPHERE_COUNT; i++) {
        const double distance = sphere_distance(&spheres[i], ray);
        if (distance > 1e-6 && distance < nearest) {
            nearest = distance;
            sphere = &spheres[i];
        }
    }
    return sphere ? hit_new(slot, sphere, ray, nearest) : NULL;
}

static NOINLINE double brightness(const struct hit *hit)
{
    SLOT(vector, direction_slot);
    SLOT(vector, start_slot);
    SLOT(ray, ray_slot);
    SLOT(hit, shadow_slot);
    struct vector *const direction = vector_minus(direction_slot, &light, &hit->point);
    struct vector *const start = vector_along(start_slot, &hit->point, 1e-4, &hit->normal);
    struct ray *const ray = ray_new(ray_slot, start, direction);
    struct hit *const shadow = ray_hit(shadow_slot, ray);
    const double lit = dot(&ray->direction, &hit->normal);
    const bool is_dark =
        lit <= 0 || (shadow && shadow->distance < __builtin_sqrt(dot(direction, direction)));
    if (shadow) {
        DROP(shadow);
    }
    DROP(ray);
    DROP(start);
    DROP(direction);
    return is_dark ? 0.1 : 0.1 + 0.9 * lit;
}

static NOINLINE struct vector *ray_colour(struct vector *slot, const struct ray *ray, int bounces);

static NOINLINE struct vector *reflected_colour(struct vector *slot, const struct ray *ray,
                                                const struct hit *hit, int bounces)
{
    SLOT(vector, direction_slot);
    SLOT(vector, start_slot);
    SLOT(ray, ray_slot);
    struct vector *const direction = vector_along(
        direction_slot, &ray->direction, -2 * dot(&ray->direction, &hit->normal), &hit->normal);
    struct vector *const start = vector_along(start_slot, &hit->point, 1e-4, &hit->normal);
    struct ray *const mirrored = ray_new(ray_slot, start, direction);
    struct vector *const colour = ray_colour(slot, mirrored, bounces + 1);
    DROP(mirrored);
    DROP(start);
    DROP(direction);
    return colour;
}

static NOINLINE struct vector *ray_colour(struct vector *slot, const struct ray *ray, int bounces)
{
    SLOT(hit, hit_slot);
    SLOT(vector, mirror_slot);
    struct hit *const hit = ray_hit(hit_slot, ray);
    if (!hit) {
        const double height = 0.5 * (ray->direction.y + 1);
        return vector_new(slot, 1 - 0.5 * height, 1 - 0.3 * height, 1);
    }
    const struct vector *const own = &hit->sphere->colour;
    const double share = hit->sphere->mirror, lit = brightness(hit) * (1 - share);
    struct vector *const colour = vector_new(slot, own->x * lit, own->y * lit, own->z * lit);
    if (share > 0 && bounces < BOUNCE_COUNT_MAX) {
        struct vector *const mirror = reflected_colour(mirror_slot, ray, hit, bounces);
        colour->x += share * mirror->x;
        colour->y += share * mirror->y;
        colour->z += share * mirror->z;
        DROP(mirror);
    }
    DROP(hit);
    return colour;
}

static uint64_t level(double light_share)
{
    return light_share >= 1 ? 255 : (uint64_t)(light_share * 256);
}

static NOINLINE uint64_t pixel(double x, double y)
{
    SLOT(vector, direction_slot);
    SLOT(vector, colour_slot);
    SLOT(ray, ray_slot);
    static const struct vector eye = {0, 0.3, -1};
    struct vector *const direction = vector_new(direction_slot, x, y, 1.6);
    struct ray *const ray = ray_new(ray_slot, &eye, direction);
    struct vector *const colour = ray_colour(colour_slot, ray, 0);
    const uint64_t packed = level(colour->x) << 16 | level(colour->y) << 8 | level(colour->z);
    DROP(colour);
    DROP(ray);
    DROP(direction);
    return packed;
}

uint64_t macro_run(uint64_t size, const struct macro_input *input)
{
    (void)input;
    const uint64_t height = size * 3 / 4;
    uint64_t checksum = 0;
    for (uint64_t row = 0; row < height; row++) {
        for (uint64_t column = 0; column < size; column++) {
            const double x = (2 * (double)column + 1) / (double)size - 1;
            const double y = 0.75 - 1.5 * ((double)row + 0.5) / (double)height;
            checksum = checksum * 31 + pixel(x, y);
        }
    }
    return checksum;
}

const struct macro macro = {
    .name = "ray_tracer",
    .question =
        "What do vectors, rays and hit records cost, when functions return pointers to them?",
    .unit = "pixels in a row",
    .size = 480,
    .smoke = 24,
    .size_min = 4,
    .size_max = 4096,
};
