/* Parses the command and dispatches. */
int main(void)
{
    return 0;
}
