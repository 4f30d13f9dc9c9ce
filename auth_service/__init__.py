"""auth_service: sessions you can trust, over REST. The path of a request:

gunicorn or granian
→ web/edge               its id, its client, the size of its body, whether the database answers
→ web/access             the access token, its session in the database (verified and touched), the role
→ api/<feature>/views    parse with a schema, call one service
→ services/              decide; refuse with an error of errors
→ documents/ → MongoDB   persist
→ api/<feature>/schemas  shape the answer
any layer raises ServiceError → web/error_handlers → the one JSON shape
"""
