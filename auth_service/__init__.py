"""auth_service: sessions you can trust, over REST. The path of a request:

gunicorn
→ web/hooks              its id, the size of its body, whether the database answers
→ web/permissions        the access token, its session in the database (verified and slid), the role
→ <feature>/views        parse with a schema, call one service
→ services/              decide; refuse with an error of errors.py
→ documents/ → MongoDB   persist
→ <feature>/schemas      shape the answer
any layer raises ServiceError → web/error_handlers → the one JSON shape
"""
