// gcc links programs with -fsplit-stack so that pthread_create becomes __wrap_pthread_create, which
// libgcc would supply together with its own __morestack. A plain thread needs nothing from us: its
// limit word is 0 and every check passes. This object is linked only when the linker wraps.
#include <pthread.h>

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*fn)(void *),
                          void *arg);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*fn)(void *),
                          void *arg);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*fn)(void *),
                          void *arg)
{
    return __real_pthread_create(thread, attributes, fn, arg);
}
