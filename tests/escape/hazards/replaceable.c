// Data that the linker or the hardware may replace says nothing of which functions are called.
typedef int action(int *p);

int *sink;

static int clear(int *p)
{
    return *p = 0;
}

__attribute__((weak)) action *const weak_table[2] = {clear, clear};
static action *const volatile seen_from_outside = clear;
static action *const table[2] = {clear, clear};

int by_weak_table(int i)
{
    int x = 1; //! moved to heap: x
    return weak_table[i](&x);
}

int by_volatile(void)
{
    int x = 1; //! moved to heap: x
    return seen_from_outside(&x);
}

int by_table(int i)
{
    int x = 1; //! none
    return table[i](&x);
}
