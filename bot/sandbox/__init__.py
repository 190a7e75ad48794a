"""The bot without the world: a Telegram in memory, made-up services, a chat in the terminal.

The same Application runs in it, which is why the tests stand on it too. Begin with `telegram`.
Nothing that serves people imports it, and of its parts only `chat` imports the Application.
"""
