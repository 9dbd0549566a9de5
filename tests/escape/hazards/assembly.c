// Assembly that sees an address may keep it.
int *sink;

void input(void)
{
    int x = 1; //! moved to heap: x
    __asm__ volatile("" : : "r"(&x) : "memory");
}

void laundered(void)
{
    int x = 1; //! moved to heap: x
    int *p = &x;
    __asm__("" : "+r"(p));
    sink = p;
}

void parameter(int *p) //! leaking param: p
{
    __asm__ volatile("" : : "r"(p));
}

int no_pointer(int n)
{
    int x = n; //! none
    int *p = &x;
    __asm__ volatile("" : : "r"(n));
    return *p;
}
